package admission

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
	"github.com/southeasttogether/dps/market/markettest"
)

func newCriterionInput(kind market.CriterionKind, weight string, top int) CriterionInput {
	return CriterionInput{Kind: kind, Name: "Synthetic", Description: "Synthetic.", Weight: market.Pounds(weight), TopScore: top}
}

func lotInput() CreateLotInput {
	return CreateLotInput{
		Market: market.ID{Kind: idkind.Market, UUID: uuid.New()}, Name: "Day places", Description: "Synthetic.", Kind: market.LotInmssDay,
		Procedure: market.ProcedureScored, AgeLow: 5, AgeHigh: 19,
		Needs: []string{market.NeedTypes[10]}, Criteria: []CriterionInput{
			newCriterionInput(market.CriterionQuality, "60", 5),
			newCriterionInput(market.CriterionPrice, "40", 1),
		},
		Contract: "National Schools and Colleges Contract", ContractVersion: "2026",
	}
}

func TestDraftLot(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*CreateLotInput)
		want   string
	}{
		"whole":             {func(*CreateLotInput) {}, ""},
		"no name":           {func(in *CreateLotInput) { in.Name = " \t" }, "INVALID name"},
		"long name":         {func(in *CreateLotInput) { in.Name = strings.Repeat("é", 201) }, "INVALID name"},
		"as long as may be": {func(in *CreateLotInput) { in.Name = strings.Repeat("é", 200) }, ""},
		"no description":    {func(in *CreateLotInput) { in.Description = "" }, "INVALID description"},
		"no contract":       {func(in *CreateLotInput) { in.Contract = "" }, "INVALID contract"},
		"no version":        {func(in *CreateLotInput) { in.ContractVersion = "" }, "INVALID contractVersion"},
		"from birth to 25":  {func(in *CreateLotInput) { in.AgeLow, in.AgeHigh = 0, 25 }, ""},
		"one age":           {func(in *CreateLotInput) { in.AgeLow, in.AgeHigh = 7, 7 }, ""},
		"ages backwards":    {func(in *CreateLotInput) { in.AgeLow, in.AgeHigh = 8, 7 }, "INVALID ageHigh"},
		"before birth":      {func(in *CreateLotInput) { in.AgeLow = -1 }, "INVALID ageHigh"},
		"too old":           {func(in *CreateLotInput) { in.AgeHigh = 26 }, "INVALID ageHigh"},
		"no needs":          {func(in *CreateLotInput) { in.Needs = nil }, "INVALID needs"},
		"unknown need":      {func(in *CreateLotInput) { in.Needs = []string{"Autism"} }, "INVALID needs"},
		"not applicable":    {func(in *CreateLotInput) { in.Needs = []string{"Not Applicable"} }, "INVALID needs"},
		"a need twice":      {func(in *CreateLotInput) { in.Needs = []string{market.NeedTypes[0], market.NeedTypes[0]} }, "INVALID needs"},
		"every need":        {func(in *CreateLotInput) { in.Needs = market.NeedTypes }, ""},
		"no criteria":       {func(in *CreateLotInput) { in.Criteria = nil }, "INVALID criteria"},
		"quality alone": {func(in *CreateLotInput) {
			in.Criteria = []CriterionInput{newCriterionInput(market.CriterionQuality, "100", 5)}
		}, ""},
		"price alone": {func(in *CreateLotInput) {
			in.Criteria = []CriterionInput{newCriterionInput(market.CriterionPrice, "100", 5)}
		}, "INVALID criteria"},
		"two prices": {func(in *CreateLotInput) {
			in.Criteria = []CriterionInput{
				newCriterionInput(market.CriterionQuality, "20", 5), newCriterionInput(market.CriterionPrice, "40", 1),
				newCriterionInput(market.CriterionPrice, "40", 1),
			}
		}, "INVALID criteria"},
		"thirds": {func(in *CreateLotInput) {
			in.Criteria = []CriterionInput{newCriterionInput(market.CriterionQuality, "33.33", 5), newCriterionInput(market.CriterionQuality,
				"33.33", 5), newCriterionInput(market.CriterionPrice, "33.34", 1)}
		}, ""},
		"a penny short": {func(in *CreateLotInput) { in.Criteria[1].Weight = market.Pounds("39.99") }, "INVALID criteria"},
		"a penny over":  {func(in *CreateLotInput) { in.Criteria[1].Weight = market.Pounds("40.01") }, "INVALID criteria"},
		"no weight": {func(in *CreateLotInput) {
			in.Criteria[0].Weight, in.Criteria[1].Weight = market.Pounds("100"), market.Pounds("0")
		}, "INVALID criteria.1.weight"},
		"a weight below zero": {func(in *CreateLotInput) {
			in.Criteria[0].Weight, in.Criteria[1].Weight = market.Pounds("140"), market.Pounds("-40")
		}, "INVALID criteria.1.weight"},
		"no top score":         {func(in *CreateLotInput) { in.Criteria[0].TopScore = 0 }, "INVALID criteria.0.topScore"},
		"a top score too high": {func(in *CreateLotInput) { in.Criteria[0].TopScore = 101 }, "INVALID criteria.0.topScore"},
		"a criterion unnamed":  {func(in *CreateLotInput) { in.Criteria[0].Name = "" }, "INVALID criteria.0.name"},
	} {
		in := lotInput()
		c.change(&in)
		if _, _, err := DraftLot(in, market.Procedure{}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestDraftLotKeepsTheOrderOfCriteria(t *testing.T) {
	in := lotInput()
	lot, criteria, err := DraftLot(in, market.Procedure{Code: market.ProcedureScored})
	if err != nil || lot.PublishedAt != nil || lot.Procedure.Code != market.ProcedureScored || len(criteria) != 2 {
		t.Fatalf("%+v, %v, %v", lot, criteria, err)
	}
	for i, c := range criteria {
		if c.Position != i+1 || c.LotID != lot.ID || c.Kind != in.Criteria[i].Kind || !c.Weight.Equal(in.Criteria[i].Weight.Decimal) {
			t.Errorf("criterion %d: %+v", i, c)
		}
	}
}

func TestDraftLotShowsTheCount(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		procedure bool
		own       *bool
		want      bool
	}{{true, nil, true}, {false, nil, false}, {true, &no, false}, {false, &yes, true}} {
		in := lotInput()
		in.ShowsCount = c.own
		if lot, _, err := DraftLot(in, market.Procedure{ShowsCount: c.procedure}); err != nil || lot.ShowsCount != c.want {
			t.Errorf("%+v: %v, %v", c, lot.ShowsCount, err)
		}
	}
}

func TestDraftLotWeightsSumToAHundred(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, sum := lotInput(), int64(0)
		in.Criteria = nil
		for range rapid.IntRange(1, 6).Draw(t, "criteria") {
			pence := rapid.Int64Range(1, 10000).Draw(t, "weight")
			if rapid.Bool().Draw(t, "the rest") && sum < 10000 {
				pence = 10000 - sum
			}
			sum += pence
			c := newCriterionInput(market.CriterionQuality, "1", 5)
			c.Weight = market.Decimal{Decimal: decimal.New(pence, -2)}
			in.Criteria = append(in.Criteria, c)
		}
		if _, _, err := DraftLot(in, market.Procedure{}); (err == nil) != (sum == 10000) {
			t.Fatalf("a sum of %d hundredths: %v", sum, err)
		}
	})
}
