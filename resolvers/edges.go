package resolvers

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/partnership"
	"github.com/southeasttogether/dps/db/placement"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/db/voice"
	"github.com/southeasttogether/dps/market"
	admissionrules "github.com/southeasttogether/dps/market/admission"
	awardrules "github.com/southeasttogether/dps/market/award"
	directoryrules "github.com/southeasttogether/dps/market/directory"
	evaluationrules "github.com/southeasttogether/dps/market/evaluation"
	partnershiprules "github.com/southeasttogether/dps/market/partnership"
	rules "github.com/southeasttogether/dps/market/tendering"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

// How each type with an id is read by that id: for fields that name one, for `node` and `_entities`, and after a
// change.
var (
	applicationByID      = levels.ByID(admission.ApplicationsByID)
	awardByID            = levels.ByID(award.AwardsByID)
	clarificationByID    = levels.ByID(tendering.ClarificationsByID)
	criterionByID        = levels.ByID(admission.CriteriaByID)
	delegationByID       = levels.ByID(partnership.DelegationsByID)
	evidenceByID         = levels.ByID(admission.EvidenceByID)
	familyInvitationByID = levels.ByID(evaluation.FamilyInvitationsByID)
	feedbackWordsByID    = levels.ByID(voice.FeedbackWordsByID)
	lotByID              = levels.ByID(admission.LotsByID)
	marketByID           = levels.ByID(admission.MarketsByID)
	membershipByID       = levels.ByID(admission.MembershipsByID)
	needByID             = levels.ByID(tendering.NeedsByID)
	offerByID            = levels.ByID(tendering.OffersByID)
	organisationByID     = levels.ByID(directory.OrganisationsByID)
	placementByID        = levels.ByID(placement.PlacementsByID)
	preferenceByID       = levels.ByID(evaluation.PreferencesByID)
	priceQueryByID       = levels.ByID(evaluation.PriceQueriesByID)
	providerByID         = levels.ByID(directory.ProvidersByID)
	savedSearchByID      = levels.ByID(directory.SavedSearchesByID)
	registrationByID     = levels.ByID(directory.RegistrationsByID)
	settingByID          = levels.ByID(directory.SettingsByID)
	telephoneOfferByID   = levels.ByID(award.TelephoneOffersByID)
)

// What other fields follow from.
var (
	chasesOfNeed       = levels.Many("", func(i *market.Invitation) uuid.UUID { return i.NeedID }, tendering.ChasesOfNeeds)
	invitationsOfNeed  = levels.Many("Need.invitations", id[market.Need], tendering.InvitationsOfNeeds)
	priceOfOffer       = levels.Child("", offerWithoutPrice, tendering.PricesOfOffers)
	vacanciesOfSetting = levels.Many("Setting.declared", id[market.Setting], directory.VacanciesOfSettings)
)

// edges say how each field below the root is read that is not a column of its object's row. The program does not start
// if one is missing or does not fit the schema. docs/reading.md says which kind to use.
var edges = levels.EdgesOf(
	// directory
	levels.One("Organisation.consortium", func(o *market.Organisation) uuid.UUID { return orZero(o.ConsortiumID) }, organisationByID),
	levels.Page("Provider.settings", id[market.Provider], directory.SettingsOfProviders),
	levels.One("Setting.provider", func(s *market.Setting) uuid.UUID { return orZero(s.ProviderID) }, providerByID),
	levels.Many("Setting.links", id[market.Setting], directory.LinksOfSettings),
	levels.One("SettingLink.earlierProvider", func(l *directoryrules.SettingLink) uuid.UUID { return orZero(l.EarlierProviderID) },
		providerByID),
	levels.One("SettingLink.provider", func(l *directoryrules.SettingLink) uuid.UUID { return orZero(l.ProviderID) }, providerByID),
	levels.Many("Setting.inspections", id[market.Setting], directory.InspectionsOfSettings),
	levels.Child("Setting.address", id[market.Setting], directory.AddressesOfSettings),
	levels.Many("Provider.contacts", id[market.Provider], directory.ContactsOfProviders),
	levels.Several("Registration.settings", func(r *directoryrules.Registration) []uuid.UUID { return r.Settings }, settingByID),
	levels.Several("Registration.similar", func(r *directoryrules.Registration) []uuid.UUID { return r.Similar }, providerByID),
	levels.Many("Registration.contacts", func(r *directoryrules.Registration) uuid.UUID { return r.ProviderID },
		directory.ContactsOfProviders),
	levels.One("Registration.provider", confirmedProvider, providerByID),
	vacanciesOfSetting,
	levels.Derived("Setting.vacancies", vacanciesOfSetting, freePlaces),
	levels.Derived("Setting.vacanciesAt", vacanciesOfSetting, freePlacesAt),

	// admission
	levels.One("Market.lead", func(m *market.Market) uuid.UUID { return m.AuthorityID }, organisationByID),
	levels.Many("Market.notices", id[market.Market], admission.NoticesOfMarkets),
	levels.Page("Market.lots", id[market.Market], admission.LotsOfMarkets),
	levels.One("Lot.market", func(l *market.Lot) uuid.UUID { return l.MarketID }, marketByID),
	levels.Many("Lot.criteria", id[market.Lot], admission.CriteriaOfLots),
	levels.Page("Lot.members", id[market.Lot], admission.MembersOfLots),
	levels.Many("Lot.evidence", id[market.Lot], admission.EvidenceOfLots),
	levels.One("Application.lot", func(a *admissionrules.Application) uuid.UUID { return a.LotID }, lotByID),
	levels.One("Application.provider", func(a *admissionrules.Application) uuid.UUID { return a.ProviderID }, providerByID),
	levels.Many("Application.questions", id[admissionrules.Application], admission.QuestionsOfApplications),
	levels.Child("Application.appeal", id[admissionrules.Application], admission.AppealsOfApplications),
	levels.Many("Provider.evidence", id[market.Provider], admission.EvidenceOfProviders),
	levels.One("Evidence.provider", func(e *admissionrules.Evidence) uuid.UUID { return e.ProviderID }, providerByID),
	levels.Many("Evidence.warnings", id[admissionrules.Evidence], admission.WarningsOfEvidence),
	levels.Child("Evidence.file", id[admissionrules.Evidence], admission.FilesOfEvidence),
	levels.Child("Evidence.rejectionReason", id[admissionrules.Evidence], admission.RejectionReasons),
	levels.Many("Provider.memberships", id[market.Provider], admission.MembershipsOfProviders),
	levels.One("Membership.lot", func(m *market.Membership) uuid.UUID { return m.LotID }, lotByID),
	levels.One("Membership.provider", func(m *market.Membership) uuid.UUID { return m.ProviderID }, providerByID),
	levels.Many("Membership.history", id[market.Membership], admission.HistoryOfMemberships),
	levels.Many("Provider.renewals", id[market.Provider], admission.RenewalsOfProviders),

	// tendering
	levels.One("Need.authority", func(n *market.Need) uuid.UUID { return n.AuthorityID }, organisationByID),
	levels.One("Need.lot", func(n *market.Need) uuid.UUID { return n.LotID }, lotByID),
	levels.Child("Need.ceilingWeekly", id[market.Need], tendering.CeilingsOfNeeds),
	levels.Child("Need.offersReceived", id[market.Need], tendering.TalliesOfNeeds),
	levels.Many("Need.changes", id[market.Need], tendering.ChangesOfNeeds),
	levels.Many("Need.siblings", id[market.Need], tendering.SiblingsOfNeeds),
	levels.Child("Need.joint", id[market.Need], tendering.JointsOfNeeds),
	levels.Many("Joint.needs", func(j *market.Joint) uuid.UUID { return j.ID }, tendering.NeedsOfJoints),
	levels.Child("Need.ehc", id[market.Need], tendering.EhcCalendarsOfNeeds),
	levels.Many("Need.redactions", id[market.Need], tendering.RedactionsOfNeeds),
	levels.Many("Need.textsWithNames", id[market.Need], tendering.TextsWithNamesOfNeeds),
	levels.Child("Need.outOfArea", id[market.Need], tendering.AreaApprovalsOfNoSetting),
	levels.Many("Need.areaApprovals", id[market.Need], tendering.AreaApprovalsOfNeeds),
	levels.One("AreaApproval.setting", func(a *market.AreaApproval) uuid.UUID { return orZero(a.SettingID) }, settingByID),
	invitationsOfNeed,
	levels.Derived("Need.silent", invitationsOfNeed, unanswered),
	levels.One("Invitation.provider", func(i *market.Invitation) uuid.UUID { return i.ProviderID }, providerByID),
	levels.Several("Invitation.settings", func(i *market.Invitation) []uuid.UUID { return i.Settings }, settingByID),
	levels.Derived("Invitation.chases", chasesOfNeed, chasesOf),
	levels.Many("Need.clarifications", id[market.Need], tendering.ClarificationsOfNeeds),
	levels.Many("Clarification.corrections", id[market.Clarification], tendering.CorrectionsOfClarifications),
	levels.Many("Need.interests", id[market.Need], tendering.InterestsOfNeeds),
	levels.Many("Need.appointments", id[market.Need], tendering.AppointmentsOfNeeds),
	levels.One("Appointment.organisation", func(a *market.Appointment) uuid.UUID { return a.OrganisationID }, organisationByID),
	levels.Many("Need.offers", id[market.Need], tendering.OffersOfNeeds),
	levels.One("Offer.need", func(o *market.Offer) uuid.UUID { return o.NeedID }, needByID),
	levels.One("Offer.provider", func(o *market.Offer) uuid.UUID { return o.ProviderID }, providerByID),
	levels.One("Offer.setting", func(o *market.Offer) uuid.UUID { return o.SettingID }, settingByID),
	levels.Derived("Offer.price", priceOfOffer, priceOf),

	// evaluation
	levels.Many("Offer.suitability", id[market.Offer], evaluation.SuitabilityOfOffers),
	levels.Many("Offer.scores", id[market.Offer], evaluation.ScoresOfOffers),
	levels.One("Score.criterion", func(s *evaluationrules.Score) uuid.UUID { return s.CriterionID }, criterionByID),
	levels.Many("Offer.moderation", id[market.Offer], evaluation.ModerationOfOffers),
	levels.One("ModeratedScore.criterion", func(s *evaluationrules.ModeratedScore) uuid.UUID { return s.CriterionID }, criterionByID),
	levels.Child("Offer.ranking", id[market.Offer], evaluation.RankingsOfOffers),
	levels.Many("Offer.earlierRankings", id[market.Offer], evaluation.EarlierRankingsOfOffers),
	levels.Many("Procedure.tieBreaks", func(p *market.Procedure) market.ProcedureCode { return p.Code }, evaluation.TieBreaksOfProcedures),
	levels.Many("Offer.priceQueries", id[market.Offer], evaluation.PriceQueriesOfOffers),
	levels.Many("Need.preferences", id[market.Need], evaluation.PreferencesOfNeeds),
	levels.One("Preference.setting", func(p *market.Preference) uuid.UUID { return orZero(p.SettingID) }, settingByID),
	levels.Child("Preference.naming", id[market.Preference], evaluation.NamingsOfPreferences),
	levels.One("Naming.setting", func(n *market.Naming) uuid.UUID { return n.SettingID }, settingByID),
	levels.Child("FamilyInvitation.preference", id[market.FamilyInvitation], evaluation.PreferencesOfInvitations),
	levels.Many("FamilyInvitation.questions", respondentAsked, evaluation.Questions),

	// placement
	levels.One("Placement.need", func(p *market.Placement) uuid.UUID { return p.NeedID }, needByID),
	levels.One("Placement.authority", func(p *market.Placement) uuid.UUID { return p.AuthorityID }, organisationByID),
	levels.One("Placement.provider", func(p *market.Placement) uuid.UUID { return p.ProviderID }, providerByID),
	levels.One("Placement.setting", func(p *market.Placement) uuid.UUID { return p.SettingID }, settingByID),
	levels.One("Placement.earlierProvider", func(p *market.Placement) uuid.UUID { return orZero(p.EarlierProviderID) }, providerByID),
	levels.Child("Placement.agreement", id[market.Placement], placement.AgreementsOfPlacements),
	levels.One("Agreement.authority", func(a *market.Agreement) uuid.UUID { return a.AuthorityID }, organisationByID),
	levels.One("Agreement.predecessor", func(a *market.Agreement) uuid.UUID { return orZero(a.PredecessorID) }, organisationByID),

	// award
	levels.Many("Need.awards", id[market.Need], award.AwardsOfNeeds),
	levels.Child("Need.noAward", id[market.Need], award.NoAwardsOfNeeds),
	levels.Child("Need.panel", id[market.Need], award.PanelDecisionsOfNeeds),
	levels.Many("Need.telephoneOffers", id[market.Need], award.TelephoneOffersOfNeeds),
	levels.One("Award.need", func(a *market.Award) uuid.UUID { return a.NeedID }, needByID),
	levels.One("Award.offer", func(a *market.Award) uuid.UUID { return a.OfferID }, offerByID),
	levels.One("Award.provider", func(a *market.Award) uuid.UUID { return a.ProviderID }, providerByID),
	levels.One("Award.setting", func(a *market.Award) uuid.UUID { return a.SettingID }, settingByID),
	levels.Child("Award.placement", id[market.Award], placement.PlacementsOfAwards),
	levels.Child("Award.basis", id[market.Award], award.BasesOfAwards),
	levels.Child("Award.grounds", id[market.Award], award.GroundsOfAwards),
	levels.Many("Award.notices", id[market.Award], award.NoticesOfAwards),
	levels.One("AwardNotice.award", func(n *awardrules.AwardNotice) uuid.UUID { return n.AwardID }, awardByID),
	levels.One("Basis.preference", func(b *awardrules.Basis) uuid.UUID { return orZero(b.PreferenceID) }, preferenceByID),
	levels.One("Basis.telephoneOffer", func(b *awardrules.Basis) uuid.UUID { return orZero(b.TelephoneOfferID) }, telephoneOfferByID),
	levels.Many("Offer.letters", id[market.Offer], award.LettersOfOffers),
	levels.Many("Regime.routes", func(r *market.Regime) string { return r.Code }, award.RoutesOfRegimes),
	levels.Many("Regime.awardNotices", func(r *market.Regime) string { return r.Code }, award.AwardNoticesOfRegimes),
	levels.One("TelephoneOffer.provider", func(o *awardrules.TelephoneOffer) uuid.UUID { return o.ProviderID }, providerByID),
	levels.One("TelephoneOffer.setting", func(o *awardrules.TelephoneOffer) uuid.UUID { return o.SettingID }, settingByID),

	// voice
	levels.Many("Placement.words", id[market.Placement], voice.FeedbackWordsOfPlacements),
	levels.Many("FeedbackWords.decisions", id[market.FeedbackWords], voice.DecisionsOfWords),
	levels.One("FeedbackWords.placement", func(w *market.FeedbackWords) uuid.UUID { return w.PlacementID }, placementByID),

	// partnership
	levels.Many("Organisation.delegations", id[market.Organisation], partnership.DelegationsOfBoroughs),
	levels.One("Delegation.authority", func(d *partnershiprules.Delegation) uuid.UUID { return d.AuthorityID }, organisationByID),
	levels.One("Delegation.consortium", func(d *partnershiprules.Delegation) uuid.UUID { return d.ConsortiumID }, organisationByID),
	levels.Many("Organisation.history", id[market.Organisation], partnership.HistoryOfOrganisations),
	levels.One("PartnershipStep.consortium", func(s *partnershiprules.PartnershipStep) uuid.UUID { return orZero(s.ConsortiumID) },
		organisationByID),
	levels.Child("Organisation.succession", id[market.Organisation], partnership.SuccessionsOfOrganisations),
	levels.Many("Succession.successors", func(s *partnershiprules.Succession) uuid.UUID { return s.ID }, partnership.SuccessorsOfSuccessions),
	levels.One("Succession.remainder", func(s *partnershiprules.Succession) uuid.UUID { return s.RemainderID }, organisationByID),
	levels.Many("Succession.allocations", func(s *partnershiprules.Succession) uuid.UUID { return s.ID },
		partnership.AllocationsOfSuccessions),
	levels.One("Allocation.need", func(a *partnershiprules.Allocation) uuid.UUID { return a.NeedID }, needByID),
	levels.One("Allocation.successor", func(a *partnershiprules.Allocation) uuid.UUID { return a.SuccessorID }, organisationByID),
)

// follow gives gqlgen the value of a field that has an edge. Every resolver below the root does only this.
func follow[V, O any](ctx context.Context, object *O) (V, error) {
	return levels.Resolve[V](ctx, edges, object)
}

// id is the object's own id, the key of what belongs to it.
func id[O any, P interface {
	*O
	GlobalID() market.ID
}](object *O) uuid.UUID {
	return P(object).GlobalID().UUID
}

// orZero is the id that an object can name. No edge reads the zero id.
func orZero(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

// unanswered are the invitations of a need that nobody has answered.
func unanswered(_ *market.Need, all []*market.Invitation) []*market.Invitation {
	return rules.SilentInvitations(all)
}

// chasesOf are the chases of an invitation, among all chases of its need.
func chasesOf(i *market.Invitation, all []*market.Chase) []*market.Chase {
	return rules.ChasesOf(*i, all)
}

// freePlaces are what the provider declared or, if it has not declared anything, what the directory says.
func freePlaces(s *market.Setting, declared []*market.Vacancy) *int {
	if now := market.CurrentVacancy(declared); now != nil {
		return &now.Free
	}
	return s.Vacancies
}

func freePlacesAt(s *market.Setting, declared []*market.Vacancy) *time.Time {
	if now := market.CurrentVacancy(declared); now != nil {
		return &now.DeclaredAt
	}
	return s.VacanciesAt
}

// offerWithoutPrice is an offer whose price was not read with it; the price of a provider's own offer is.
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

// respondentAsked is the respondent whose questions an invitation asks: nobody for a preference.
func respondentAsked(i *market.FamilyInvitation) market.Respondent {
	if i.Kind != market.ForFeedback {
		return ""
	}
	return i.Respondent
}

// confirmedProvider is the provider that a registration became, none before it is confirmed.
func confirmedProvider(r *directoryrules.Registration) uuid.UUID {
	if r.Decision == nil || *r.Decision != directoryrules.RegistrationConfirmed {
		return uuid.Nil
	}
	return r.ProviderID
}
