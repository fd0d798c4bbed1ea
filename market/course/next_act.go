package course

import "time"

// NextActKind is what has to be done next.
type NextActKind string

// What can come next. The schema says which mutation does each.
const (
	ActPublishNeed       NextActKind = "PUBLISH_NEED"
	ActSubmitOffer       NextActKind = "SUBMIT_OFFER"
	ActAnswerQuestions   NextActKind = "ANSWER_QUESTIONS"
	ActEnterOffer        NextActKind = "ENTER_OFFER"
	ActProposePlace      NextActKind = "PROPOSE_PLACE"
	ActOpenOffers        NextActKind = "OPEN_OFFERS"
	ActDecideOnOffers    NextActKind = "DECIDE_ON_OFFERS"
	ActAssessSuitability NextActKind = "ASSESS_SUITABILITY"
	ActScoreOffers       NextActKind = "SCORE_OFFERS"
	ActAgreeScores       NextActKind = "AGREE_SCORES"
	ActOpenPrices        NextActKind = "OPEN_PRICES"
	ActAnswerPriceQuery  NextActKind = "ANSWER_PRICE_QUERY"
	ActDecidePriceQuery  NextActKind = "DECIDE_PRICE_QUERY"
	ActProposeAward      NextActKind = "PROPOSE_AWARD"
	ActEndWithoutAward   NextActKind = "END_WITHOUT_AWARD"
	ActRecordPanel       NextActKind = "RECORD_PANEL_DECISION"
	ActApproveArea       NextActKind = "APPROVE_AREA"
	ActApproveAward      NextActKind = "APPROVE_AWARD"
	ActAcceptAward       NextActKind = "ACCEPT_AWARD"
	ActSignAgreement     NextActKind = "SIGN_AGREEMENT"
	ActRecordFirstDay    NextActKind = "RECORD_FIRST_DAY"
	ActRecordNotice      NextActKind = "RECORD_AWARD_NOTICE"
	ActRecordEnd         NextActKind = "RECORD_END"
	ActPrepareEnd        NextActKind = "PREPARE_END"
	ActDeclareInterest   NextActKind = "DECLARE_INTEREST"
	ActDecideApplication NextActKind = "DECIDE_APPLICATION"
	ActAnswerApplication NextActKind = "ANSWER_APPLICATION"
	ActDecideAppeal      NextActKind = "DECIDE_APPEAL"
)

// NextAct is what has to be done next, by whom and by when.
type NextAct struct {
	Act          NextActKind
	Capacity     string
	Organisation *string    // name of the authority or provider; nil where the reader cannot know
	From         *time.Time // it cannot be done before; nil if it can be done now
	Due          *time.Time // nil if there is no date
	Yours        bool       // the reader can do it now
}

// actPlan says who does an act.
type actPlan struct {
	capacity  string
	delegable string // what an authority delegates for it; empty if it cannot be delegated
	declares  bool   // it needs a declaration of no interest
	provider  bool   // a provider does it
}

var actPlans = map[NextActKind]actPlan{
	ActPublishNeed:       {capacity: "commissioner", delegable: "PUBLISH"},
	ActSubmitOffer:       {capacity: "bids_manager", provider: true},
	ActAnswerQuestions:   {capacity: "commissioner", delegable: "PUBLISH"},
	ActEnterOffer:        {capacity: "commissioner"},
	ActProposePlace:      {capacity: "commissioner", declares: true},
	ActOpenOffers:        {capacity: "opening_officer", delegable: "EVALUATE", declares: true},
	ActDecideOnOffers:    {capacity: "commissioner"},
	ActAssessSuitability: {capacity: "commissioner", delegable: "EVALUATE", declares: true},
	ActScoreOffers:       {capacity: "evaluator", delegable: "EVALUATE", declares: true},
	ActAgreeScores:       {capacity: "moderator", declares: true},
	ActOpenPrices:        {capacity: "opening_officer", delegable: "EVALUATE", declares: true},
	ActAnswerPriceQuery:  {capacity: "bids_manager", provider: true},
	ActDecidePriceQuery:  {capacity: "commissioner", delegable: "EVALUATE", declares: true},
	ActProposeAward:      {capacity: "commissioner", delegable: "AWARD", declares: true},
	ActEndWithoutAward:   {capacity: "commissioner", delegable: "AWARD", declares: true},
	ActRecordPanel:       {capacity: "commissioner"},
	ActApproveArea:       {capacity: "approver"},
	ActApproveAward:      {capacity: "approver", declares: true},
	ActAcceptAward:       {capacity: "bids_manager", provider: true},
	ActSignAgreement:     {capacity: "commissioner", delegable: "MANAGE"},
	ActRecordFirstDay:    {capacity: "commissioner", delegable: "MANAGE"},
	ActRecordNotice:      {capacity: "commissioner", delegable: "AWARD"},
	ActRecordEnd:         {capacity: "commissioner", delegable: "MANAGE"},
	ActPrepareEnd:        {capacity: "bids_manager", provider: true},
}

// NextActs is what comes next for a need. It is empty in a terminal stage, and for a place that the reader cannot read.
func (c Course) NextActs() []*NextAct {
	var acts []*NextAct
	switch c.Stage() {
	case StageDraft:
		acts = c.next(ActPublishNeed, nil)
	case StageOut:
		acts = c.nextWhileOut()
	case StageToOpen:
		acts = c.next(ActOpenOffers, nil)
	case StageEvaluating:
		acts = c.nextOfEvaluation()
	case StageToAward:
		acts = c.nextOfChoice()
	case StageToApprove, StageStandstill, StageToAccept, StagePlaced:
		return c.NextActsOfAward()
	case StageEnded, StageWithdrawn:
	}
	return c.withDeclaration(acts)
}

func (c Course) nextWhileOut() []*NextAct {
	if c.Urgent {
		return append(c.next(ActEnterOffer, c.Deadline), c.next(ActProposePlace, nil)...)
	}
	acts := c.next(ActSubmitOffer, c.Deadline)
	if c.Questions {
		acts = append(acts, c.next(ActAnswerQuestions, c.Deadline)...)
	}
	return acts
}

// nextOfEvaluation is what comes between the opening and the ranking. A provider is told that the authority decides, and of a query about
// its own price.
func (c Course) nextOfEvaluation() []*NextAct {
	if c.isProvider() {
		acts := c.next(ActDecideOnOffers, nil)
		if c.QueryBy != nil && !c.hasPassed(c.QueryBy) {
			acts = append(c.next(ActAnswerPriceQuery, c.QueryBy), acts...)
		}
		return acts
	}
	if !c.Offers {
		return c.next(ActEndWithoutAward, nil)
	}
	var acts []*NextAct
	if c.Unassessed {
		acts = c.next(ActAssessSuitability, nil)
	}
	switch {
	case c.QualityLockedAt != nil:
		acts = append(acts, c.next(ActOpenPrices, nil)...)
	case c.ScoresLocked && c.Moderated:
		acts = append(acts, c.next(ActAgreeScores, nil)...)
	case c.reads(factScores) || c.holds(c.planOf(ActScoreOffers)) && !c.SheetLocked:
		acts = append(acts, c.next(ActScoreOffers, nil)...)
	default: // whether the others have locked their scores is not the reader's to know
		acts = append(acts, c.next(ActDecideOnOffers, nil)...)
	}
	return acts
}

// nextOfChoice is what comes between the ranking and a proposal. People who cannot read awards are told that the authority decides, and
// of queries about prices if they can read those.
func (c Course) nextOfChoice() []*NextAct {
	switch {
	case c.Urgent && c.reads(factAward):
		return c.next(ActProposePlace, nil)
	case c.QueryAnswered || c.hasPassed(c.QueryBy):
		return c.next(ActDecidePriceQuery, nil)
	case c.QueryBy != nil:
		return c.next(ActAnswerPriceQuery, c.QueryBy)
	case !c.reads(factAward):
		return c.next(ActDecideOnOffers, nil)
	case c.Left != nil && !*c.Left:
		return c.next(ActEndWithoutAward, nil)
	default:
		return c.next(ActProposeAward, nil)
	}
}

// NextActsOfAward is what comes next for the award of the course. It is empty once the award or its place has ended.
func (c Course) NextActsOfAward() []*NextAct {
	a := c.liveAward()
	if a == nil {
		return []*NextAct{}
	}
	switch stage := c.stageOfAward(*a); {
	case stage == StageEnded:
		return []*NextAct{}
	case stage == StageToApprove:
		return c.withPanel(c.withArea(c.withDeclaration(c.next(ActApproveAward, nil))))
	case stage != StagePlaced:
		acts := c.next(ActAcceptAward, a.AcceptBy)
		if stage == StageStandstill {
			acts[0].From, acts[0].Yours = a.StandstillEnds, false
		}
		acts[0].Yours = acts[0].Yours && !a.AreaMissing
		return c.withArea(c.withNotice(acts))
	default:
		return c.withNotice(c.NextActsOfPlace())
	}
}

// withArea puts the approval of a place outside the area, where it is missing, before the acts.
func (c Course) withArea(acts []*NextAct) []*NextAct {
	if !c.Award.AreaMissing {
		return acts
	}
	return append(c.next(ActApproveArea, nil), acts...)
}

// withPanel puts the panel's decision, where it is missing, before the acts.
func (c Course) withPanel(acts []*NextAct) []*NextAct {
	if !c.Award.PanelMissing {
		return acts
	}
	return append(c.next(ActRecordPanel, nil), acts...)
}

// withNotice adds the notice that an award owes, for readers other than the provider. One that comes before the signatures is with them.
func (c Course) withNotice(acts []*NextAct) []*NextAct {
	if c.isProvider() || c.Award.NoticeDue == nil || c.Award.Place != nil && c.Award.Place.NoticeFirst {
		return acts
	}
	return append(acts, c.next(ActRecordNotice, c.Award.NoticeDue)...)
}

// NextActsOfPlace is what comes next for the placement of the course. It is empty once it has ended or was cancelled.
func (c Course) NextActsOfPlace() []*NextAct {
	if c.Award == nil || c.Award.Place == nil || c.Award.Place.CancelledAt != nil || c.hasPassed(c.Award.Place.Ends) {
		return []*NextAct{}
	}
	p := *c.Award.Place
	acts := c.nextSignatures(p)
	switch {
	case p.StartedAt == nil && p.NoticeGivenAt != nil, p.StartedAt != nil && p.NoticeGivenAt != nil:
		return append(c.next(ActRecordEnd, nil), acts...)
	case p.StartedAt == nil && (len(acts) == 0 || c.Award.Urgent):
		first := c.next(ActRecordFirstDay, &p.Starts)
		if c.Now.Before(p.Starts) {
			first[0].From, first[0].Yours = &p.Starts, false
		}
		return append(acts, first...)
	case p.StartedAt == nil:
		return acts
	case p.Ends != nil:
		return append(acts, c.next(ActPrepareEnd, p.Ends)...)
	default:
		return append(acts, c.next(ActRecordEnd, nil)...)
	}
}

// nextSignatures are those that the agreement lacks, the authority's first, and before them the notice that they wait for.
func (c Course) nextSignatures(p PlaceCourse) []*NextAct {
	acts := []*NextAct{}
	if p.NoticeFirst {
		acts = c.next(ActRecordNotice, c.Award.NoticeDue)
	}
	if !p.AuthoritySigned {
		acts = append(acts, c.next(ActSignAgreement, &p.Starts)...)
	}
	if !p.ProviderSigned {
		signs := c.nextAs(ActSignAgreement, actPlan{capacity: "bids_manager", provider: true}, &p.Starts)
		acts = append(acts, signs)
	}
	return acts
}

func (c Course) next(kind NextActKind, due *time.Time) []*NextAct {
	return []*NextAct{c.nextAs(kind, c.planOf(kind), due)}
}

// planOf says who does an act. To a commissioner it says that they do it where they can do it themselves.
func (c Course) planOf(kind NextActKind) actPlan {
	plan := actPlans[kind]
	if c.OneEvaluator && c.Capacity == "commissioner" && (kind == ActOpenOffers || kind == ActScoreOffers) {
		plan.capacity = c.Capacity
	}
	return plan
}

func (c Course) nextAs(kind NextActKind, plan actPlan, due *time.Time) *NextAct {
	act := &NextAct{Act: kind, Capacity: plan.capacity, Due: due, Yours: c.holds(plan) && (!plan.declares || c.Declared)}
	if name := c.organisationOf(plan); name != "" {
		act.Organisation = &name
	}
	switch kind {
	case ActApproveAward:
		act.Yours = act.Yours && c.Award.ProposedBy != c.Person && !c.Award.PanelMissing
	case ActOpenOffers, ActOpenPrices:
		act.Yours = act.Yours && !c.Opened
	case ActScoreOffers:
		act.Yours = act.Yours && !c.SheetLocked
	case ActSubmitOffer:
		act.Yours = act.Yours && c.Member
	case ActSignAgreement:
		act.Yours = act.Yours && !c.Award.Place.NoticeFirst
	}
	return act
}

// organisationOf is the name of whose people do an act; empty where the reader cannot know, or where it is any provider that is invited.
func (c Course) organisationOf(plan actPlan) string {
	switch {
	case !plan.provider:
		return c.Authority
	case c.liveAward() != nil:
		return c.Award.Provider
	default:
		return ""
	}
}

// withDeclaration puts the declaration of interests before the acts of a reader who has not made it.
func (c Course) withDeclaration(acts []*NextAct) []*NextAct {
	if !c.Declared && !c.Conflict {
		for _, act := range acts {
			if plan := c.planOf(act.Act); plan.declares && c.holds(plan) {
				declare := &NextAct{Act: ActDeclareInterest, Capacity: c.Capacity, Yours: true}
				return append([]*NextAct{declare}, acts...)
			}
		}
	}
	if acts == nil {
		return []*NextAct{}
	}
	return acts
}
