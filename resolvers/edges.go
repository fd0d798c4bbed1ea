package resolvers

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

// How each type with an id is read by it: by the fields that name one, by `node` and `_entities`, and after a change.
var (
	applicationByID      = levels.ByID((*db.View).ApplicationsByID)
	awardByID            = levels.ByID((*db.View).AwardsByID)
	clarificationByID    = levels.ByID((*db.View).ClarificationsByID)
	criterionByID        = levels.ByID((*db.View).CriteriaByID)
	delegationByID       = levels.ByID((*db.View).DelegationsByID)
	evidenceByID         = levels.ByID((*db.View).EvidenceByID)
	familyInvitationByID = levels.ByID((*db.View).FamilyInvitationsByID)
	feedbackWordsByID    = levels.ByID((*db.View).FeedbackWordsByID)
	lotByID              = levels.ByID((*db.View).LotsByID)
	marketByID           = levels.ByID((*db.View).MarketsByID)
	membershipByID       = levels.ByID((*db.View).MembershipsByID)
	needByID             = levels.ByID((*db.View).NeedsByID)
	offerByID            = levels.ByID((*db.View).OffersByID)
	organisationByID     = levels.ByID((*db.View).OrganisationsByID)
	placementByID        = levels.ByID((*db.View).PlacementsByID)
	preferenceByID       = levels.ByID((*db.View).PreferencesByID)
	priceQueryByID       = levels.ByID((*db.View).PriceQueriesByID)
	providerByID         = levels.ByID((*db.View).ProvidersByID)
	savedSearchByID      = levels.ByID((*db.View).SavedSearchesByID)
	settingByID          = levels.ByID((*db.View).SettingsByID)
	telephoneOfferByID   = levels.ByID((*db.View).TelephoneOffersByID)
)

// What other fields follow from.
var (
	chasesOfNeed       = levels.Many("", func(i *market.Invitation) uuid.UUID { return i.NeedID }, (*db.View).ChasesOfNeeds)
	invitationsOfNeed  = levels.Many("Need.invitations", id[market.Need], (*db.View).InvitationsOfNeeds)
	priceOfOffer       = levels.Child("", offerWithoutPrice, (*db.View).PricesOfOffers)
	vacanciesOfSetting = levels.Many("Setting.declared", id[market.Setting], (*db.View).VacanciesOfSettings)
)

// edges are how the fields below the root are read that stand in no column of their object's row, one for each. The program does not
// start while one is missing or does not fit the schema. docs/reading.md says which kind is for what.
var edges = levels.EdgesOf(
	// directory
	levels.One("Organisation.consortium", func(o *market.Organisation) uuid.UUID { return orZero(o.ConsortiumID) }, organisationByID),
	levels.Page("Provider.settings", id[market.Provider], (*db.View).SettingsOfProviders),
	levels.One("Setting.provider", func(s *market.Setting) uuid.UUID { return orZero(s.ProviderID) }, providerByID),
	levels.Own("Setting.previousUrns"),
	levels.Own("Setting.needs"),
	levels.Many("Setting.inspections", id[market.Setting], (*db.View).InspectionsOfSettings),
	levels.Child("Setting.address", id[market.Setting], (*db.View).AddressesOfSettings),
	vacanciesOfSetting,
	levels.Derived("Setting.vacancies", vacanciesOfSetting, freePlaces),
	levels.Derived("Setting.vacanciesAt", vacanciesOfSetting, freePlacesAt),

	// admission
	levels.One("Market.lead", func(m *market.Market) uuid.UUID { return m.AuthorityID }, organisationByID),
	levels.Many("Market.notices", id[market.Market], (*db.View).NoticesOfMarkets),
	levels.Page("Market.lots", id[market.Market], (*db.View).LotsOfMarkets),
	levels.One("Lot.market", func(l *market.Lot) uuid.UUID { return l.MarketID }, marketByID),
	levels.Own("Lot.needs"),
	levels.Many("Lot.criteria", id[market.Lot], (*db.View).CriteriaOfLots),
	levels.Page("Lot.members", id[market.Lot], (*db.View).MembersOfLots),
	levels.Many("Lot.evidence", id[market.Lot], (*db.View).EvidenceOfLots),
	levels.One("Application.lot", func(a *market.Application) uuid.UUID { return a.LotID }, lotByID),
	levels.One("Application.provider", func(a *market.Application) uuid.UUID { return a.ProviderID }, providerByID),
	levels.Many("Application.questions", id[market.Application], (*db.View).QuestionsOfApplications),
	levels.Child("Application.appeal", id[market.Application], (*db.View).AppealsOfApplications),
	levels.Many("Provider.evidence", id[market.Provider], (*db.View).EvidenceOfProviders),
	levels.One("Evidence.provider", func(e *market.Evidence) uuid.UUID { return e.ProviderID }, providerByID),
	levels.Many("Evidence.warnings", id[market.Evidence], (*db.View).WarningsOfEvidence),
	levels.Child("Evidence.file", id[market.Evidence], (*db.View).FilesOfEvidence),
	levels.Many("Provider.memberships", id[market.Provider], (*db.View).MembershipsOfProviders),
	levels.One("Membership.lot", func(m *market.Membership) uuid.UUID { return m.LotID }, lotByID),
	levels.One("Membership.provider", func(m *market.Membership) uuid.UUID { return m.ProviderID }, providerByID),
	levels.Many("Membership.history", id[market.Membership], (*db.View).HistoryOfMemberships),
	levels.Many("Provider.renewals", id[market.Provider], (*db.View).RenewalsOfProviders),

	// tendering
	levels.One("Need.authority", func(n *market.Need) uuid.UUID { return n.AuthorityID }, organisationByID),
	levels.One("Need.lot", func(n *market.Need) uuid.UUID { return n.LotID }, lotByID),
	levels.Own("Need.otherNeeds"),
	levels.Child("Need.ceilingWeekly", id[market.Need], (*db.View).CeilingsOfNeeds),
	levels.Child("Need.offersReceived", id[market.Need], (*db.View).TalliesOfNeeds),
	levels.Many("Need.changes", id[market.Need], (*db.View).ChangesOfNeeds),
	levels.Own("NeedChange.fields"),
	levels.Many("Need.siblings", id[market.Need], (*db.View).SiblingsOfNeeds),
	levels.Child("Need.joint", id[market.Need], (*db.View).JointsOfNeeds),
	levels.Many("Joint.needs", func(j *market.Joint) uuid.UUID { return j.ID }, (*db.View).NeedsOfJoints),
	levels.Child("Need.ehc", id[market.Need], (*db.View).EhcOfNeeds),
	levels.Child("Need.outOfArea", id[market.Need], (*db.View).AreaApprovalsOfNeeds),
	invitationsOfNeed,
	levels.Derived("Need.silent", invitationsOfNeed, unanswered),
	levels.One("Invitation.provider", func(i *market.Invitation) uuid.UUID { return i.ProviderID }, providerByID),
	levels.Several("Invitation.settings", func(i *market.Invitation) []uuid.UUID { return i.Settings }, settingByID),
	levels.Derived("Invitation.chases", chasesOfNeed, chasesOf),
	levels.Many("Need.clarifications", id[market.Need], (*db.View).ClarificationsOfNeeds),
	levels.Many("Need.interests", id[market.Need], (*db.View).InterestsOfNeeds),
	levels.Own("Interest.opened"),
	levels.Many("Need.appointments", id[market.Need], (*db.View).AppointmentsOfNeeds),
	levels.One("Appointment.organisation", func(a *market.Appointment) uuid.UUID { return a.OrganisationID }, organisationByID),
	levels.Many("Need.offers", id[market.Need], (*db.View).OffersOfNeeds),
	levels.One("Offer.need", func(o *market.Offer) uuid.UUID { return o.NeedID }, needByID),
	levels.One("Offer.provider", func(o *market.Offer) uuid.UUID { return o.ProviderID }, providerByID),
	levels.One("Offer.setting", func(o *market.Offer) uuid.UUID { return o.SettingID }, settingByID),
	levels.Derived("Offer.price", priceOfOffer, priceOf),

	// evaluation
	levels.Many("Offer.suitability", id[market.Offer], (*db.View).SuitabilityOfOffers),
	levels.Many("Offer.scores", id[market.Offer], (*db.View).ScoresOfOffers),
	levels.One("Score.criterion", func(s *market.Score) uuid.UUID { return s.CriterionID }, criterionByID),
	levels.Many("Offer.moderation", id[market.Offer], (*db.View).ModerationOfOffers),
	levels.One("ModeratedScore.criterion", func(s *market.ModeratedScore) uuid.UUID { return s.CriterionID }, criterionByID),
	levels.Child("Offer.ranking", id[market.Offer], (*db.View).RankingsOfOffers),
	levels.Many("Offer.earlierRankings", id[market.Offer], (*db.View).EarlierRankingsOfOffers),
	levels.Many("Procedure.tieBreaks", func(p *market.Procedure) market.ProcedureCode { return p.Code }, (*db.View).TieBreaksOfProcedures),
	levels.Many("Offer.priceQueries", id[market.Offer], (*db.View).PriceQueriesOfOffers),
	levels.Many("Need.preferences", id[market.Need], (*db.View).PreferencesOfNeeds),
	levels.One("Preference.setting", func(p *market.Preference) uuid.UUID { return orZero(p.SettingID) }, settingByID),
	levels.Child("Preference.naming", id[market.Preference], (*db.View).NamingsOfPreferences),
	levels.One("Naming.setting", func(n *market.Naming) uuid.UUID { return n.SettingID }, settingByID),
	levels.Many("FamilyInvitation.questions", respondentAsked, (*db.View).Questions),

	// placement
	levels.One("Placement.need", func(p *market.Placement) uuid.UUID { return p.NeedID }, needByID),
	levels.One("Placement.authority", func(p *market.Placement) uuid.UUID { return p.AuthorityID }, organisationByID),
	levels.One("Placement.provider", func(p *market.Placement) uuid.UUID { return p.ProviderID }, providerByID),
	levels.One("Placement.setting", func(p *market.Placement) uuid.UUID { return p.SettingID }, settingByID),
	levels.Child("Placement.agreement", id[market.Placement], (*db.View).AgreementsOfPlacements),
	levels.One("Agreement.authority", func(a *market.Agreement) uuid.UUID { return a.AuthorityID }, organisationByID),
	levels.One("Agreement.predecessor", func(a *market.Agreement) uuid.UUID { return orZero(a.PredecessorID) }, organisationByID),

	// award
	levels.Many("Need.awards", id[market.Need], (*db.View).AwardsOfNeeds),
	levels.Child("Need.noAward", id[market.Need], (*db.View).NoAwardsOfNeeds),
	levels.Child("Need.panel", id[market.Need], (*db.View).PanelsOfNeeds),
	levels.Many("Need.telephoneOffers", id[market.Need], (*db.View).TelephoneOffersOfNeeds),
	levels.One("Award.need", func(a *market.Award) uuid.UUID { return a.NeedID }, needByID),
	levels.One("Award.offer", func(a *market.Award) uuid.UUID { return a.OfferID }, offerByID),
	levels.One("Award.provider", func(a *market.Award) uuid.UUID { return a.ProviderID }, providerByID),
	levels.One("Award.setting", func(a *market.Award) uuid.UUID { return a.SettingID }, settingByID),
	levels.Child("Award.placement", id[market.Award], (*db.View).PlacementsOfAwards),
	levels.Child("Award.basis", id[market.Award], (*db.View).BasesOfAwards),
	levels.Many("Award.notices", id[market.Award], (*db.View).NoticesOfAwards),
	levels.One("AwardNotice.award", func(n *market.AwardNotice) uuid.UUID { return n.AwardID }, awardByID),
	levels.One("Basis.preference", func(b *market.Basis) uuid.UUID { return orZero(b.PreferenceID) }, preferenceByID),
	levels.One("Basis.telephoneOffer", func(b *market.Basis) uuid.UUID { return orZero(b.TelephoneOfferID) }, telephoneOfferByID),
	levels.Many("Offer.letters", id[market.Offer], (*db.View).LettersOfOffers),
	levels.Many("Regime.routes", func(r *market.Regime) string { return r.Code }, (*db.View).RoutesOfRegimes),
	levels.Many("Regime.awardNotices", func(r *market.Regime) string { return r.Code }, (*db.View).AwardNoticesOfRegimes),
	levels.One("TelephoneOffer.provider", func(o *market.TelephoneOffer) uuid.UUID { return o.ProviderID }, providerByID),
	levels.One("TelephoneOffer.setting", func(o *market.TelephoneOffer) uuid.UUID { return o.SettingID }, settingByID),

	// voice
	levels.Many("Placement.words", id[market.Placement], (*db.View).WordsOfPlacements),
	levels.One("FeedbackWords.placement", func(w *market.FeedbackWords) uuid.UUID { return w.PlacementID }, placementByID),

	// partnership
	levels.Many("Organisation.delegations", id[market.Organisation], (*db.View).DelegationsOfBoroughs),
	levels.One("Delegation.authority", func(d *market.Delegation) uuid.UUID { return d.AuthorityID }, organisationByID),
	levels.One("Delegation.consortium", func(d *market.Delegation) uuid.UUID { return d.ConsortiumID }, organisationByID),
	levels.Many("Organisation.history", id[market.Organisation], (*db.View).HistoryOfOrganisations),
	levels.One("PartnershipStep.consortium", func(s *market.PartnershipStep) uuid.UUID { return orZero(s.ConsortiumID) }, organisationByID),
	levels.Child("Organisation.succession", id[market.Organisation], (*db.View).SuccessionsOfOrganisations),
	levels.Many("Succession.successors", func(s *market.Succession) uuid.UUID { return s.ID }, (*db.View).SuccessorsOfSuccessions),
	levels.One("Succession.remainder", func(s *market.Succession) uuid.UUID { return s.RemainderID }, organisationByID),
	levels.Many("Succession.allocations", func(s *market.Succession) uuid.UUID { return s.ID }, (*db.View).AllocationsOfSuccessions),
	levels.One("Allocation.need", func(a *market.Allocation) uuid.UUID { return a.NeedID }, needByID),
	levels.One("Allocation.successor", func(a *market.Allocation) uuid.UUID { return a.SuccessorID }, organisationByID),

	// record
	levels.Own("Event.changed"),
)

// follow gives gqlgen the value of a field that has an edge: what every resolver below the root does.
func follow[V, O any](ctx context.Context, object *O) (V, error) {
	return levels.Resolve[V](ctx, edges, object)
}

// id is the key of what belongs to an object by the object's own id.
func id[O any, P interface {
	*O
	GlobalID() market.ID
}](object *O) uuid.UUID {
	return P(object).GlobalID().UUID
}

// orZero is the id that an object may name; the zero id is read by no edge.
func orZero(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

// unanswered are the invitations of a need that nobody has answered.
func unanswered(_ *market.Need, all []*market.Invitation) []*market.Invitation {
	return market.Silent(all)
}

// chasesOf are those of an invitation, among all of its need.
func chasesOf(i *market.Invitation, all []*market.Chase) []*market.Chase {
	return market.ChasesOf(*i, all)
}

// freePlaces are what the provider declared, or before that what the directory says.
func freePlaces(s *market.Setting, declared []*market.Vacancy) int {
	if now := market.Now(declared); now != nil {
		return now.Free
	}
	return s.Vacancies
}

func freePlacesAt(s *market.Setting, declared []*market.Vacancy) *time.Time {
	if now := market.Now(declared); now != nil {
		return &now.DeclaredAt
	}
	return &s.VacanciesAt
}

// offerWithoutPrice is an offer whose price did not come with it, as it comes with a provider's own offers.
func offerWithoutPrice(o *market.Offer) uuid.UUID {
	if o.Price != nil {
		return uuid.Nil
	}
	return o.ID
}

func priceOf(o *market.Offer, read *market.OfferPrice) *market.OfferPrice {
	if o.Price != nil {
		return o.Price
	}
	return read
}

// respondentAsked is who an invitation asks questions of: nobody for a preference.
func respondentAsked(i *market.FamilyInvitation) market.Respondent {
	if i.Kind != market.ForFeedback {
		return ""
	}
	return i.Respondent
}
