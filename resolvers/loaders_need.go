package resolvers

import (
	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/tendering"
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
		clarification: newBatch(tendering.ClarificationsByID), chasesOfNeed: lists(tendering.ChasesOfNeeds), clarificationsOfNeed: lists(tendering.ClarificationsOfNeeds),
		appointmentsOfNeed: lists(tendering.AppointmentsOfNeeds), jointOfNeed: newBatch(tendering.JointsOfNeeds), needsOfJoint: lists(tendering.NeedsOfJoints),
		ehcOfNeed: newBatch(tendering.EhcCalendarsOfNeeds), areaApprovalOfNeed: newBatch(tendering.AreaApprovalsOfNeeds),
		panelOfNeed: newBatch(award.PanelDecisionsOfNeeds), changesOfNeed: lists(tendering.ChangesOfNeeds), siblingsOfNeed: lists(tendering.SiblingsOfNeeds),
	}
}

func (r *request) readClarification() loader[*market.Clarification] { return r.clarification }
