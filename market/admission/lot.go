package admission

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/text"
)

// CreateLotInput is a lot to draft.
type CreateLotInput struct {
	IdempotencyKey  string
	Market          market.ID
	Name            string
	Description     string
	Kind            market.LotKind
	Procedure       market.ProcedureCode
	ShowsCount      *bool
	AgeLow          int
	AgeHigh         int
	Needs           []string
	Criteria        []CriterionInput
	Contract        string
	ContractVersion string
}

// CriterionInput is a criterion of a lot to draft.
type CriterionInput struct {
	Kind        market.CriterionKind
	Name        string
	Description string
	Weight      market.Decimal
	TopScore    int
}

// PublishLotInput says which lot to publish.
type PublishLotInput struct {
	IdempotencyKey string
	Lot            market.ID
}

// DraftLot makes a lot with its criteria. It checks what a bidder relies on: need types from the sector's list, ages in
// order, weights that add up to 100, at least one criterion of quality and at most one of price.
func DraftLot(in CreateLotInput, p market.Procedure) (market.Lot, []market.Criterion, error) {
	if err := checkLot(in); err != nil {
		return market.Lot{}, nil, err
	}
	lot := market.Lot{
		ID: uuid.New(), MarketID: in.Market.UUID, Name: in.Name, Description: in.Description, Kind: in.Kind, Procedure: p,
		ShowsCount: p.ShowsCount, AgeLow: in.AgeLow, AgeHigh: in.AgeHigh, Needs: in.Needs, Contract: in.Contract,
		ContractVersion: in.ContractVersion,
	}
	if in.ShowsCount != nil {
		lot.ShowsCount = *in.ShowsCount
	}
	var criteria []market.Criterion
	for i, c := range in.Criteria {
		criteria = append(criteria, market.Criterion{
			ID: uuid.New(), LotID: lot.ID, Position: i + 1, Kind: c.Kind, Name: c.Name, Description: c.Description,
			Weight: c.Weight, TopScore: c.TopScore,
		})
	}
	return lot, criteria, nil
}

// CheckLotName refuses the name of a lot where a published lot of the market has one that reads the same. The names of drafts are not
// taken, so that one with a mistake can be drafted again.
func CheckLotName(field, name string, taken []string) error {
	for _, other := range taken {
		if folded := text.Fold(name); name == other || folded != "" && folded == text.Fold(other) {
			return market.RefuseField(market.AlreadyExists, field,
				"Another lot of this market has this name, or one that reads the same: choose a name that tells them apart.")
		}
	}
	return nil
}

func checkLot(in CreateLotInput) error {
	return market.All(
		market.CheckTexts(market.InputText{Field: "name", Value: in.Name, Limit: 200},
			market.InputText{Field: "description", Value: in.Description, Limit: 4000}),
		market.RefuseIf(in.AgeLow < 0 || in.AgeHigh > 25 || in.AgeLow > in.AgeHigh, "ageHigh",
			"Ages must be between 0 and 25, with the lower age first."),
		market.CheckNeedTypes("needs", in.Needs),
		checkCriteria(in.Criteria),
		market.CheckTexts(market.InputText{Field: "contract", Value: in.Contract, Limit: 200},
			market.InputText{Field: "contractVersion", Value: in.ContractVersion, Limit: 50}),
	)
}

func checkCriteria(criteria []CriterionInput) error {
	sum, kinds := market.Decimal{}, map[market.CriterionKind]int{}
	var refused error
	for i, c := range criteria {
		refused = market.All(refused, checkCriterion(fmt.Sprintf("criteria.%d.", i), c))
		sum.Decimal = sum.Add(c.Weight.Decimal)
		kinds[c.Kind]++
	}
	wrong := !sum.Equal(market.Pounds("100").Decimal) || kinds[market.CriterionQuality] == 0 || kinds[market.CriterionPrice] > 1
	return market.All(refused, market.RefuseIf(wrong, "criteria",
		"Weights must add up to 100 (now %s), with at least one criterion of quality and at most one of price.", sum.Text()))
}

func checkCriterion(path string, c CriterionInput) error {
	return market.All(
		market.CheckTexts(market.InputText{Field: path + "name", Value: c.Name, Limit: 200},
			market.InputText{Field: path + "description", Value: c.Description, Limit: 4000}),
		market.RefuseIf(!c.Weight.IsPositive(), path+"weight", "Each weight must be more than 0."),
		market.RefuseIf(c.TopScore < 1 || c.TopScore > 100, path+"topScore", "Each top score must be between 1 and 100."))
}
