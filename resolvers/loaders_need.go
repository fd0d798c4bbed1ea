package resolvers

import (
	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
)

// needLoaders are the loaders of what goes on about a need between its publishing and its deadline.
type needLoaders struct {
	clarification        loader[*market.Clarification]
	chasesOfNeed         loader[[]*market.Chase]
	ehcOfNeed            loader[*market.EhcCalendar]
	areaApprovalOfNeed   loader[*market.AreaApproval]
	panelOfNeed          loader[*market.PanelDecision]
	changesOfNeed        loader[[]*market.NeedChange]
	siblingsOfNeed       loader[[]*market.Need]
	clarificationsOfNeed loader[[]*market.Clarification]
	appointmentsOfNeed   loader[[]*market.Appointment]
	jointOfNeed          loader[*market.Joint]
	needsOfJoint         loader[[]*market.Need]
}

func newNeedLoaders() needLoaders {
	return needLoaders{
		clarification: newBatch(db.ClarificationsByID), chasesOfNeed: lists(db.ChasesOfNeeds), clarificationsOfNeed: lists(db.ClarificationsOfNeeds),
		appointmentsOfNeed: lists(db.AppointmentsOfNeeds), jointOfNeed: newBatch(db.JointsOfNeeds), needsOfJoint: lists(db.NeedsOfJoints),
		ehcOfNeed: newBatch(db.EhcCalendarsOfNeeds), areaApprovalOfNeed: newBatch(db.AreaApprovalsOfNeeds),
		panelOfNeed: newBatch(db.PanelDecisionsOfNeeds), changesOfNeed: lists(db.ChangesOfNeeds), siblingsOfNeed: lists(db.SiblingsOfNeeds),
	}
}

func (r *request) readClarification() loader[*market.Clarification] { return r.clarification }
