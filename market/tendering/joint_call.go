package tendering

import (
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// PublishJointlyInput publishes needs as one call.
type PublishJointlyInput struct {
	IdempotencyKey string
	Needs          []market.ID
	Deadline       time.Time
	QuestionsUntil *time.Time
	UniqueReason   *string
}

// ForNeed is the input that publishes one of the needs.
func (in PublishJointlyInput) ForNeed(n market.Need) PublishNeedInput {
	return PublishNeedInput{Need: n.GlobalID(), Deadline: in.Deadline, QuestionsUntil: in.QuestionsUntil, UniqueReason: in.UniqueReason}
}

// mostJointNeeds limits a joint call to the number of needs of one profile that a region's consortium could have at
// once.
const mostJointNeeds = 20

// PublishJointly makes a call of needs that one offer can answer. They must be of at least two boroughs, and alike in
// everything that an offer answers. The children can live in different places.
func PublishJointly(needs []market.Need) (market.Joint, error) {
	if len(needs) < 2 || len(needs) > mostJointNeeds {
		return market.Joint{}, market.RefuseField(market.Invalid, "needs", "Choose between 2 and %d needs.", mostJointNeeds)
	}
	named, boroughs := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, n := range needs {
		if named[n.ID] {
			return market.Joint{}, market.RefuseField(market.Invalid, "needs", "Choose each need only once.")
		}
		named[n.ID], boroughs[n.AuthorityID] = true, true
		if !reflect.DeepEqual(comparableNeed(n), comparableNeed(needs[0])) {
			return market.Joint{}, market.RefuseField(market.Invalid, "needs",
				"%s and %s are not alike: the lot, age band, gender, needs, legal basis, dates, profile and outcomes must be the "+
					"same.", needs[0].Reference,
				n.Reference)
		}
	}
	if len(boroughs) < 2 {
		return market.Joint{}, market.RefuseField(market.Invalid, "needs", "A joint call must be for at least 2 boroughs.")
	}
	return market.Joint{ID: uuid.New(), Reference: "J" + strings.TrimPrefix(newReference(), "N")}, nil
}

// comparableNeed is what an offer answers of a need.
func comparableNeed(n market.Need) market.Need {
	gender := market.Gender("")
	if n.Gender != nil {
		gender = *n.Gender
	}
	return market.Need{
		LotID: n.LotID, AgeLow: n.AgeLow, AgeHigh: n.AgeHigh, Gender: &gender, PrimaryNeed: n.PrimaryNeed,
		OtherNeeds: append(market.Texts{}, n.OtherNeeds...), LegalBasis: n.LegalBasis,
		StartFrom: market.NewDate(n.StartFrom.Date()), StartTo: market.NewDate(n.StartTo.Date()), Profile: n.Profile, Outcomes: n.Outcomes,
	}
}

// NeedsAtOneStage are the needs of a joint call that what is done to the first one is done to: itself, and the others that stand where it
// stands.
func NeedsAtOneStage(call []market.Need) []market.Need {
	var all []market.Need
	for i, n := range call {
		if i == 0 || n.WithdrawnAt == nil && stageOf(n) == stageOf(call[0]) {
			all = append(all, n)
		}
	}
	return all
}

// stageOf says whether offers were opened, their quality was locked, and they were ranked.
func stageOf(n market.Need) [3]bool {
	return [3]bool{n.OpenedAt != nil, n.QualityLockedAt != nil, n.RankedAt != nil}
}
