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
		clarification: newBatch((*db.View).ClarificationsByID), chasesOfNeed: lists((*db.View).ChasesOfNeeds), clarificationsOfNeed: lists((*db.View).ClarificationsOfNeeds),
		appointmentsOfNeed: lists((*db.View).AppointmentsOfNeeds), jointOfNeed: newBatch((*db.View).JointsOfNeeds), needsOfJoint: lists((*db.View).NeedsOfJoints),
		ehcOfNeed: newBatch((*db.View).EhcCalendarsOfNeeds), areaApprovalOfNeed: newBatch((*db.View).AreaApprovalsOfNeeds),
		panelOfNeed: newBatch((*db.View).PanelDecisionsOfNeeds), changesOfNeed: lists((*db.View).ChangesOfNeeds), siblingsOfNeed: lists((*db.View).SiblingsOfNeeds),
	}
}

func (r *request) readClarification() loader[*market.Clarification] { return r.clarification }
