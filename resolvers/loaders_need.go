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

func newNeedLoaders(v *db.View) needLoaders {
	return needLoaders{
		clarification: newBatch(v.ClarificationsByID), chasesOfNeed: lists(v.ChasesOfNeeds), clarificationsOfNeed: lists(v.ClarificationsOfNeeds),
		appointmentsOfNeed: lists(v.AppointmentsOfNeeds), jointOfNeed: newBatch(v.JointsOfNeeds), needsOfJoint: lists(v.NeedsOfJoints),
		ehcOfNeed: newBatch(v.EhcOfNeeds), areaApprovalOfNeed: newBatch(v.AreaApprovalsOfNeeds),
		panelOfNeed: newBatch(v.PanelsOfNeeds), changesOfNeed: lists(v.ChangesOfNeeds), siblingsOfNeed: lists(v.SiblingsOfNeeds),
	}
}

func (r *request) readClarification() loader[*market.Clarification] { return r.clarification }
