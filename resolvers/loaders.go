package resolvers

import (
	"context"

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
)

// loaders batch every read below the root. Each type has one reader, which lists, nested fields, node and entities share.
type loaders struct {
	needLoaders

	organisation     loader[*market.Organisation]
	delegation       loader[*market.Delegation]
	market           loader[*market.Market]
	lot              loader[*market.Lot]
	criterion        loader[*market.Criterion]
	provider         loader[*market.Provider]
	setting          loader[*market.Setting]
	application      loader[*market.Application]
	membership       loader[*market.Membership]
	evidence         loader[*market.Evidence]
	need             loader[*market.Need]
	offer            loader[*market.Offer]
	preference       loader[*market.Preference]
	award            loader[*market.Award]
	placement        loader[*market.Placement]
	familyInvitation loader[*market.FamilyInvitation]
	feedbackWords    loader[*market.FeedbackWords]

	delegationsOfBorough   loader[[]*market.Delegation]
	historyOfOrganisation  loader[[]*market.PartnershipStep]
	successionOf           loader[*market.Succession]
	successorsOf           loader[[]*market.Organisation]
	allocationsOf          loader[[]*market.Allocation]
	noticesOfMarket        loader[[]*market.Notice]
	criteriaOfLot          loader[[]*market.Criterion]
	membershipsOfProvider  loader[[]*market.Membership]
	questionsOfApplication loader[[]*market.ApplicationQuestion]
	appealOfApplication    loader[*market.Appeal]
	evidenceOfProvider     loader[[]*market.Evidence]
	evidenceOfLot          loader[[]*market.LotEvidence]
	warningsOfEvidence     loader[[]*market.EvidenceWarning]
	fileOfEvidence         loader[*market.EvidenceFile]
	renewalsOfProvider     loader[[]*market.Renewal]
	historyOfMembership    loader[[]*market.MembershipStep]
	addressOfSetting       loader[*string]
	ceilingOfNeed          loader[*market.Decimal]
	tallyOfNeed            loader[*int]
	invitationsOfNeed      loader[[]*market.Invitation]
	offersOfNeed           loader[[]*market.Offer]
	preferencesOfNeed      loader[[]*market.Preference]
	awardsOfNeed           loader[[]*market.Award]
	priceOfOffer           loader[*market.OfferPrice]
	suitabilityOfOffer     loader[[]*market.SuitabilityCheck]
	scoresOfOffer          loader[[]*market.Score]
	moderationOfOffer      loader[[]*market.ModeratedScore]
	rankingOfOffer         loader[*market.Ranking]
	earlierRankingsOfOffer loader[[]*market.Ranking]
	lettersOfOffer         loader[[]*market.Letter]
	placementOfAward       loader[*market.Placement]
	agreementOfPlacement   loader[*market.Agreement]
	wordsOfPlacement       loader[[]*market.FeedbackWords]
	questionsTo            *batch[market.Respondent, []*market.Question]

	interestsOfNeed      loader[[]*market.Interest]
	tieBreaksOfProcedure *batch[market.ProcedureCode, []*market.TieBreak]
	priceQuery           loader[*market.PriceQuery]
	priceQueriesOfOffer  loader[[]*market.PriceQuery]
	namingOfPreference   loader[*market.Naming]
	noAwardOfNeed        loader[*market.NoAward]
	basisOfAward         loader[*market.Basis]
	telephoneOffer       loader[*market.TelephoneOffer]
	telephoneOffers      loader[[]*market.TelephoneOffer] // of a need
	routesOfRegime       *batch[string, []*market.RouteRule]
	noticesOfRegime      *batch[string, []*market.AwardNoticeRule]
	noticesOfAward       loader[[]*market.AwardNotice]

	lotsOfMarket       paged[market.Lot]
	membersOfLot       paged[market.Membership]
	settingsOfProvider paged[market.Setting]

	inspectionsOfSetting loader[[]*market.Inspection]
	vacanciesOfSetting   loader[[]*market.Vacancy]
	savedSearch          loader[*market.SavedSearch]
}

// allLoaders are those of every request.
var allLoaders = newLoaders()

func newLoaders() *loaders {
	return &loaders{
		needLoaders:  newNeedLoaders(),
		organisation: newBatch(directory.OrganisationsByID), delegation: newBatch(partnership.DelegationsByID), market: newBatch(admission.MarketsByID), lot: newBatch(admission.LotsByID),
		criterion: newBatch(admission.CriteriaByID), provider: newBatch(directory.ProvidersByID), setting: newBatch(directory.SettingsByID), application: newBatch(admission.ApplicationsByID),
		membership: newBatch(admission.MembershipsByID), need: newBatch(tendering.NeedsByID), offer: newBatch(tendering.OffersByID), preference: newBatch(evaluation.PreferencesByID),
		award: newBatch(award.AwardsByID), placement: newBatch(placement.PlacementsByID), familyInvitation: newBatch(evaluation.FamilyInvitationsByID),
		feedbackWords: newBatch(voice.FeedbackWordsByID),

		delegationsOfBorough: lists(partnership.DelegationsOfBoroughs), historyOfOrganisation: lists(partnership.HistoryOfOrganisations), successionOf: newBatch(partnership.SuccessionsOfOrganisations), successorsOf: lists(partnership.SuccessorsOfSuccessions), allocationsOf: lists(partnership.AllocationsOfSuccessions), noticesOfMarket: lists(admission.NoticesOfMarkets), criteriaOfLot: lists(admission.CriteriaOfLots), membershipsOfProvider: lists(admission.MembershipsOfProviders),
		questionsOfApplication: lists(admission.QuestionsOfApplications), appealOfApplication: newBatch(admission.AppealsOfApplications),
		evidence: newBatch(admission.EvidenceByID), evidenceOfProvider: lists(admission.EvidenceOfProviders), evidenceOfLot: lists(admission.EvidenceOfLots), warningsOfEvidence: lists(admission.WarningsOfEvidence), fileOfEvidence: newBatch(admission.FilesOfEvidence), renewalsOfProvider: lists(admission.RenewalsOfProviders),
		historyOfMembership: lists(admission.HistoryOfMemberships),
		addressOfSetting:    newBatch(directory.AddressesOfSettings),
		ceilingOfNeed:       newBatch(tendering.CeilingsOfNeeds), tallyOfNeed: newBatch(tendering.TalliesOfNeeds), invitationsOfNeed: lists(tendering.InvitationsOfNeeds),
		interestsOfNeed: lists(tendering.InterestsOfNeeds), tieBreaksOfProcedure: lists(evaluation.TieBreaksOfProcedures),
		priceQuery: newBatch(evaluation.PriceQueriesByID), priceQueriesOfOffer: lists(evaluation.PriceQueriesOfOffers),
		namingOfPreference: newBatch(evaluation.NamingsOfPreferences), noAwardOfNeed: newBatch(award.NoAwardsOfNeeds),
		telephoneOffer: newBatch(award.TelephoneOffersByID), telephoneOffers: lists(award.TelephoneOffersOfNeeds),
		basisOfAward: newBatch(award.BasesOfAwards), routesOfRegime: lists(award.RoutesOfRegimes), noticesOfRegime: lists(award.AwardNoticesOfRegimes), noticesOfAward: lists(award.NoticesOfAwards),
		offersOfNeed: lists(tendering.OffersOfNeeds), preferencesOfNeed: lists(evaluation.PreferencesOfNeeds), awardsOfNeed: lists(award.AwardsOfNeeds),
		priceOfOffer: newBatch(tendering.PricesOfOffers), suitabilityOfOffer: lists(evaluation.SuitabilityOfOffers), scoresOfOffer: lists(evaluation.ScoresOfOffers),
		moderationOfOffer: lists(evaluation.ModerationOfOffers), rankingOfOffer: newBatch(evaluation.RankingsOfOffers), earlierRankingsOfOffer: lists(evaluation.EarlierRankingsOfOffers), lettersOfOffer: lists(award.LettersOfOffers),
		placementOfAward: newBatch(placement.PlacementsOfAwards), agreementOfPlacement: newBatch(placement.AgreementsOfPlacements), wordsOfPlacement: lists(voice.FeedbackWordsOfPlacements),
		questionsTo: newBatch(evaluation.Questions),

		lotsOfMarket: parts(admission.LotsOfMarkets), membersOfLot: parts(admission.MembersOfLots), settingsOfProvider: parts(directory.SettingsOfProviders),

		inspectionsOfSetting: lists(directory.InspectionsOfSettings), vacanciesOfSetting: lists(directory.VacanciesOfSettings), savedSearch: newBatch(directory.SavedSearchesByID),
	}
}

// How a mutation reads its result again.
func (r *request) readSetting() loader[*market.Setting]               { return r.setting }
func (r *request) readSearch() loader[*market.SavedSearch]            { return r.savedSearch }
func (r *request) readOrganisation() loader[*market.Organisation]     { return r.organisation }
func (r *request) readDelegation() loader[*market.Delegation]         { return r.delegation }
func (r *request) readMarket() loader[*market.Market]                 { return r.market }
func (r *request) readLot() loader[*market.Lot]                       { return r.lot }
func (r *request) readApplication() loader[*market.Application]       { return r.application }
func (r *request) readMembership() loader[*market.Membership]         { return r.membership }
func (r *request) readEvidence() loader[*market.Evidence]             { return r.evidence }
func (r *request) readNeed() loader[*market.Need]                     { return r.need }
func (r *request) readOffer() loader[*market.Offer]                   { return r.offer }
func (r *request) readPreference() loader[*market.Preference]         { return r.preference }
func (r *request) readPriceQuery() loader[*market.PriceQuery]         { return r.priceQuery }
func (r *request) readTelephoneOffer() loader[*market.TelephoneOffer] { return r.telephoneOffer }
func (r *request) readAward() loader[*market.Award]                   { return r.award }
func (r *request) readPlacement() loader[*market.Placement]           { return r.placement }
func (r *request) readFeedbackWords() loader[*market.FeedbackWords]   { return r.feedbackWords }

// node reads an object by its id, through the same loader as every other way to it.
func (r *request) node(ctx context.Context, id market.ID) (market.Node, error) {
	switch id.Kind {
	case market.KindOrganisation:
		return found(r.organisation.Load(ctx, id.UUID))
	case market.KindMarket:
		return found(r.market.Load(ctx, id.UUID))
	case market.KindLot:
		return found(r.lot.Load(ctx, id.UUID))
	case market.KindProvider:
		return found(r.provider.Load(ctx, id.UUID))
	case market.KindSetting:
		return found(r.setting.Load(ctx, id.UUID))
	case market.KindApplication:
		return found(r.application.Load(ctx, id.UUID))
	case market.KindMembership:
		return found(r.membership.Load(ctx, id.UUID))
	case market.KindEvidence:
		return found(r.evidence.Load(ctx, id.UUID))
	case market.KindNeed:
		return found(r.need.Load(ctx, id.UUID))
	case market.KindOffer:
		return found(r.offer.Load(ctx, id.UUID))
	case market.KindAward:
		return found(r.award.Load(ctx, id.UUID))
	case market.KindPlacement:
		return found(r.placement.Load(ctx, id.UUID))
	case market.KindFeedbackWords:
		return found(r.feedbackWords.Load(ctx, id.UUID))
	}
	return nil, nil
}

// found keeps a nil pointer from becoming a Node that is not nil.
func found[T any, P interface {
	*T
	market.Node
}](node P, err error) (market.Node, error) {
	if err != nil || node == nil {
		return nil, err
	}
	return node, nil
}

// ids are the UUIDs that representations of entities name.
func ids[T any](representations []T, of func(T) market.ID) []uuid.UUID {
	all := make([]uuid.UUID, len(representations))
	for i, r := range representations {
		all[i] = of(r).UUID
	}
	return all
}
