package market

import (
	"time"

	"github.com/google/uuid"
)

// LotKind is a kind of place.
type LotKind string

// Kinds of place.
const (
	LotInmssDay         LotKind = "INMSS_DAY"
	LotInmssResidential LotKind = "INMSS_RESIDENTIAL"
	LotChildrensHome    LotKind = "CHILDRENS_HOME"
)

// ProcedureCode names a procedure.
type ProcedureCode string

// The procedures of a lot.
const (
	ProcedureMatching ProcedureCode = "MATCHING"
	ProcedureScored   ProcedureCode = "SCORED"
)

// Procedure is how offers are opened and evaluated, as switches.
type Procedure struct {
	Code       ProcedureCode `db:"code"`
	Openers    int           `db:"openers"`
	Evaluators int           `db:"evaluators"`
	Moderated  bool          `db:"moderated"`
	PriceLast  bool          `db:"price_last"`
	ShowsCount bool          `db:"shows_count"`
}

// Lot is a part of the market that providers apply to and needs are published in.
type Lot struct {
	ID              uuid.UUID  `db:"id"`
	AuthorityID     uuid.UUID  `db:"authority_id"`
	MarketID        uuid.UUID  `db:"market_id"`
	Name            string     `db:"name"`
	Description     string     `db:"description"`
	Kind            LotKind    `db:"kind"`
	Procedure       Procedure  `db:"p"`
	ShowsCount      bool       `db:"shows_count"`
	AgeLow          int        `db:"age_low"`
	AgeHigh         int        `db:"age_high"`
	Needs           Texts      `db:"needs"`
	Contract        string     `db:"contract"`
	ContractVersion string     `db:"contract_version"`
	PublishedAt     *time.Time `db:"published_at"`
}

// CriterionKind says whether people or arithmetic give the points.
type CriterionKind string

// Kinds of criterion.
const (
	CriterionQuality CriterionKind = "QUALITY"
	CriterionPrice   CriterionKind = "PRICE"
)

// Criterion is what an offer is judged by. Weight is its share of 100; points of TopScore earn points / TopScore x Weight.
type Criterion struct {
	ID          uuid.UUID     `db:"id"`
	LotID       uuid.UUID     `db:"lot_id"`
	Position    int           `db:"position"`
	Kind        CriterionKind `db:"kind"`
	Name        string        `db:"name"`
	Description string        `db:"description"`
	Weight      Decimal       `db:"weight"`
	TopScore    int           `db:"top_score"`
}

// CreateLotInput is a lot to draft.
type CreateLotInput struct {
	IdempotencyKey  string
	Market          ID
	Name            string
	Description     string
	Kind            LotKind
	Procedure       ProcedureCode
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
	Kind        CriterionKind
	Name        string
	Description string
	Weight      Decimal
	TopScore    int
}

// PublishLotInput says which lot to publish.
type PublishLotInput struct {
	IdempotencyKey string
	Lot            ID
}

// DraftLot makes a lot with its criteria, after checking what a bidder relies on: need types from the sector's list,
// ages in order, weights that sum to 100, at least one criterion of quality and at most one of price.
func DraftLot(in CreateLotInput, p Procedure) (Lot, []Criterion, error) {
	if err := checkLot(in); err != nil {
		return Lot{}, nil, err
	}
	lot := Lot{
		ID: uuid.New(), MarketID: in.Market.UUID, Name: in.Name, Description: in.Description, Kind: in.Kind, Procedure: p,
		ShowsCount: p.ShowsCount, AgeLow: in.AgeLow, AgeHigh: in.AgeHigh, Needs: in.Needs, Contract: in.Contract, ContractVersion: in.ContractVersion,
	}
	if in.ShowsCount != nil {
		lot.ShowsCount = *in.ShowsCount
	}
	var criteria []Criterion
	for i, c := range in.Criteria {
		criteria = append(criteria, Criterion{
			ID: uuid.New(), LotID: lot.ID, Position: i + 1, Kind: c.Kind, Name: c.Name, Description: c.Description,
			Weight: c.Weight, TopScore: c.TopScore,
		})
	}
	return lot, criteria, nil
}

func checkLot(in CreateLotInput) error {
	if err := checkTexts(InputText{"name", in.Name, 200}, InputText{"description", in.Description, 4000}, InputText{"contract", in.Contract, 200},
		InputText{"contractVersion", in.ContractVersion, 50}); err != nil {
		return err
	}
	if in.AgeLow < 0 || in.AgeHigh > 25 || in.AgeLow > in.AgeHigh {
		return RefuseField(Invalid, "ageHigh", "Ages run from 0 to 25, the lower one first.")
	}
	if err := checkNeedTypes("needs", in.Needs); err != nil {
		return err
	}
	return checkCriteria(in.Criteria)
}

func checkCriteria(criteria []CriterionInput) error {
	sum, kinds := Decimal{}, map[CriterionKind]int{}
	for _, c := range criteria {
		if err := checkTexts(InputText{"criteria.name", c.Name, 200}, InputText{"criteria.description", c.Description, 4000}); err != nil {
			return err
		}
		if !c.Weight.IsPositive() || c.TopScore < 1 || c.TopScore > 100 {
			return RefuseField(Invalid, "criteria.weight", "Each weight is above zero, and each top score from 1 to 100.")
		}
		sum.Decimal = sum.Add(c.Weight.Decimal)
		kinds[c.Kind]++
	}
	if !sum.Equal(Pounds("100").Decimal) || kinds[CriterionQuality] == 0 || kinds[CriterionPrice] > 1 {
		return RefuseField(Invalid, "criteria.weight", "Weights sum to 100 (here: %s), with at least one criterion of quality and at most one of price.", sum.Text())
	}
	return nil
}
