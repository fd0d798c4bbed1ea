// Package rights states a second time, by hand, who may do what on which rows: an act, the tables that it touches, the
// capacities that have it, and in Go what its rows are. It is written from the rules of the market and reads nothing of
// policy.csv or of the predicates that PostgreSQL is given, so that the two can be held against each other.
package rights

import (
	"slices"
	"strings"

	"github.com/southeasttogether/dps/policy"
)

// Right is one line: an act on tables, the roles that have it, and on which rows.
type Right struct {
	Act   policy.Act
	touch string // commands in capitals, then tables; each command on each table
	roles string
	rows  rows
}

// The roles, by what they have in common.
const (
	actors   = "market_manager commissioner approver opening_officer evaluator moderator safeguarding_lead auditor consortium_officer bids_manager"
	everyone = "public family " + actors + " keeper worker importer"
	officer  = "consortium_officer"
	bids     = "bids_manager"

	evaluating = "opening_officer evaluator moderator" // who can be appointed to a need of another authority's
)

// Rights are all of them. What stands in no line nobody may do.
var Rights = []Right{
	// What is open to everyone.
	{Act: "organisation.read", touch: "SELECT organisation partnership_step succession", roles: everyone, rows: every},
	{Act: "market.read", touch: "SELECT market regime procedure admission_terms evidence_kind market_notice market_rule tie_break below_standard regime_route tribunal_direction urgent_terms award_notice_rule", roles: everyone, rows: every},
	{Act: "provider.read", touch: "SELECT provider", roles: everyone, rows: every},
	{Act: "setting.read", touch: "SELECT setting inspection outcode place_key place vacancy", roles: everyone, rows: every},
	{Act: "vacancy.declare", touch: "INSERT UPDATE vacancy", roles: bids, rows: ofOwnSetting},
	{Act: "search.read", touch: "SELECT saved_search", roles: "commissioner", rows: ownOrShared},
	{Act: "search.save", touch: "INSERT UPDATE saved_search", roles: "commissioner", rows: ownKey},
	{Act: "search.remove", touch: "DELETE saved_search", roles: "commissioner", rows: ownKey},
	{Act: "membership.read", touch: "SELECT membership", roles: everyone, rows: every},
	{Act: "question.read", touch: "SELECT question", roles: everyone, rows: every},
	{Act: "rating.read", touch: "SELECT rating", roles: everyone, rows: every},
	{Act: "lot.read", touch: "SELECT lot criterion lot_evidence", roles: everyone, rows: ofPublishedLot},

	// The log and the memory of retries: in the own name only.
	{Act: "event.write", touch: "INSERT event", roles: actors + " family worker importer", rows: both(ownDoing, inOwnCapacity)},
	{Act: "event.write", touch: "INSERT event", roles: "keeper", rows: ownDoing},
	{Act: "event.read", touch: "SELECT event", roles: "auditor", rows: ofAuthority},
	{Act: "event.read", touch: "SELECT event", roles: bids, rows: inOwnChain},
	{Act: "event.seal", touch: "SELECT event", roles: "worker", rows: every},
	{Act: "event.seal", touch: "SELECT INSERT event_seal event_head", roles: "worker", rows: every},
	{Act: "idempotency.keep", touch: "SELECT INSERT idempotency", roles: actors + " keeper", rows: ownKey},

	// The market: the lead authority's manager.
	{Act: "lot.read", touch: "SELECT lot criterion lot_evidence", roles: "market_manager", rows: ofAuthority},
	{Act: "lot.create", touch: "INSERT lot criterion", roles: "market_manager", rows: ofAuthority},
	{Act: "lot.publish", touch: "UPDATE lot", roles: "market_manager", rows: ofAuthority},
	{Act: "notice.publish", touch: "INSERT market_notice market_rule", roles: "market_manager", rows: ofAuthority},
	{Act: "lot.ask", touch: "INSERT lot_evidence", roles: "market_manager", rows: ofAuthority},
	{Act: "evidence.read", touch: "SELECT evidence evidence_warning evidence_file", roles: bids, rows: ofProvider},
	{Act: "evidence.read", touch: "SELECT evidence evidence_warning evidence_file", roles: "market_manager", rows: ofApplicant},
	{Act: "evidence.read", touch: "SELECT evidence evidence_warning evidence_file", roles: "commissioner", rows: both(ofMember, inTheRegion)},
	{Act: "evidence.read", touch: "SELECT evidence evidence_warning evidence_file", roles: "worker", rows: every},
	{Act: "evidence.record", touch: "INSERT evidence", roles: bids, rows: ofProvider},
	{Act: "renewal.read", touch: "SELECT renewal", roles: "market_manager", rows: ofAuthority},
	{Act: "renewal.read", touch: "SELECT renewal", roles: bids, rows: ofProvider},
	{Act: "renewal.ask", touch: "INSERT renewal", roles: "market_manager", rows: ofAuthority},
	{Act: "evidence.upload", touch: "INSERT evidence_file", roles: bids, rows: ofProvider},
	{Act: "evidence.reject", touch: "UPDATE evidence", roles: "market_manager", rows: ofApplicant},
	{Act: "evidence.warn", touch: "INSERT evidence_warning", roles: "worker", rows: every},
	{Act: "membership.lapse", touch: "UPDATE membership", roles: "worker", rows: every},
	{Act: "membership.lapse", touch: "INSERT membership_step", roles: "worker", rows: every},
	{Act: "application.read", touch: "SELECT application application_question application_appeal", roles: "market_manager", rows: ofAuthority},
	{Act: "application.read", touch: "SELECT application application_question application_appeal", roles: bids, rows: ofProvider},
	{Act: "application.submit", touch: "INSERT application", roles: bids, rows: ofProvider},
	{Act: "application.decide", touch: "UPDATE application", roles: "market_manager", rows: ofAuthority},
	{Act: "application.decide", touch: "INSERT membership", roles: "market_manager", rows: ofOwnLot},
	{Act: "application.decide", touch: "INSERT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "application.ask", touch: "INSERT application_question", roles: "market_manager", rows: ofAuthority},
	{Act: "application.answer", touch: "UPDATE application_question", roles: bids, rows: ofProvider},
	{Act: "application.extend", touch: "UPDATE application", roles: "market_manager", rows: ofAuthority},
	{Act: "application.appeal", touch: "INSERT application_appeal", roles: bids, rows: ofProvider},
	{Act: "application.review", touch: "UPDATE application_appeal", roles: "market_manager", rows: ofAuthority},
	{Act: "application.review", touch: "INSERT membership", roles: "market_manager", rows: ofOwnLot},
	{Act: "application.review", touch: "INSERT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "membership.suspend", touch: "UPDATE membership", roles: "market_manager", rows: ofOwnLot},
	{Act: "membership.suspend", touch: "INSERT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "membership.remove", touch: "UPDATE membership", roles: "market_manager", rows: ofOwnLot},
	{Act: "membership.remove", touch: "INSERT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "membership.answer", touch: "INSERT membership_step", roles: bids, rows: ofProvider},
	{Act: "membership.leave", touch: "UPDATE membership", roles: bids, rows: ofProvider},
	{Act: "membership.leave", touch: "INSERT membership_step", roles: bids, rows: ofProvider},
	{Act: "membership_step.read", touch: "SELECT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "membership_step.read", touch: "SELECT membership_step", roles: bids, rows: ofProvider},

	// Who joins, leaves or moves, the lead authority's manager records.
	{Act: "partnership.admit", touch: "INSERT organisation partnership_step", roles: "market_manager", rows: leading},
	{Act: "partnership.end", touch: "UPDATE organisation", roles: "market_manager", rows: leading},
	{Act: "partnership.end", touch: "INSERT partnership_step", roles: "market_manager", rows: leading},
	{Act: "partnership.move", touch: "UPDATE organisation", roles: "market_manager", rows: leading},
	{Act: "partnership.move", touch: "INSERT partnership_step", roles: "market_manager", rows: leading},

	// Who succeeds whom: announced by who leads, allocated by the predecessor's approver, completed by the clock's hand.
	{Act: "succession.announce", touch: "INSERT succession partnership_step", roles: "market_manager", rows: leading},
	{Act: "succession.announce", touch: "UPDATE organisation", roles: "market_manager", rows: leading},
	{Act: "succession.allocate", touch: "UPDATE succession", roles: "approver", rows: ofAuthority},
	{Act: "succession.allocate", touch: "INSERT UPDATE succession_case", roles: "approver", rows: ofPredecessor},
	{Act: "succession.complete", touch: "UPDATE succession", roles: "worker", rows: every},
	{Act: "succession_case.read", touch: "SELECT succession_case", roles: "commissioner approver", rows: ofPredecessor},
	{Act: "succession_case.read", touch: "SELECT succession_case", roles: "worker", rows: every},

	// Delegation: a borough gives and takes back, its consortium knows.
	{Act: "delegation.read", touch: "SELECT delegation", roles: "commissioner", rows: ofAuthority},
	{Act: "delegation.read", touch: "SELECT delegation", roles: officer, rows: toConsortium},
	{Act: "delegation.give", touch: "INSERT delegation", roles: "commissioner", rows: ofAuthority},
	{Act: "delegation.withdraw", touch: "UPDATE delegation", roles: "commissioner", rows: ofAuthority},

	// A need: its authority's people, the consortium in what is delegated, the providers invited.
	{Act: "need.read", touch: "SELECT need need_change need_link", roles: "commissioner approver opening_officer evaluator moderator safeguarding_lead", rows: ofAuthority},
	{Act: "need.read", touch: "SELECT need need_change", roles: evaluating, rows: appointed},
	{Act: "need.read", touch: "SELECT need_link", roles: evaluating, rows: both(appointed, appointedToSibling)},
	{Act: "need.read", touch: "SELECT need need_change need_link", roles: officer, rows: delegates("PUBLISH EVALUATE AWARD MANAGE")},
	{Act: "need.read", touch: "SELECT need need_change", roles: bids, rows: invited},
	{Act: "need.read", touch: "SELECT need_link", roles: bids, rows: both(invited, invitedToSibling)},
	{Act: "need.read", touch: "SELECT need need_change", roles: bids, rows: ofAcceptedNeed},
	{Act: "need.read", touch: "SELECT need_link", roles: bids, rows: both(ofAcceptedNeed, ofAcceptedSibling)},
	{Act: "need.read", touch: "SELECT need need_change need_link", roles: "keeper worker", rows: every},
	{Act: "need.create", touch: "INSERT need need_ceiling", roles: "commissioner", rows: ofAuthority},
	{Act: "need.create", touch: "INSERT need need_ceiling", roles: officer, rows: delegates("PUBLISH")},
	{Act: "need.publish", touch: "UPDATE need", roles: "commissioner", rows: ofAuthority},
	{Act: "need.publish", touch: "INSERT invitation", roles: "commissioner", rows: ofAuthority},
	{Act: "need.publish", touch: "UPDATE need", roles: officer, rows: delegates("PUBLISH")},
	{Act: "need.publish", touch: "INSERT invitation", roles: officer, rows: delegates("PUBLISH")},
	{Act: "need.amend", touch: "UPDATE need need_ceiling", roles: "commissioner", rows: ofAuthority},
	{Act: "need.amend", touch: "INSERT need_change invitation need_ceiling", roles: "commissioner", rows: ofAuthority},
	{Act: "need.amend", touch: "UPDATE need need_ceiling", roles: officer, rows: delegates("PUBLISH")},
	{Act: "need.amend", touch: "INSERT need_change invitation need_ceiling", roles: officer, rows: delegates("PUBLISH")},
	{Act: "need.withdraw", touch: "UPDATE need", roles: "commissioner", rows: ofAuthority},
	{Act: "need.withdraw", touch: "UPDATE need", roles: officer, rows: delegates("PUBLISH")},
	{Act: "need.link", touch: "INSERT need_link", roles: "commissioner", rows: ofAuthority},
	{Act: "need.link", touch: "INSERT need_link", roles: officer, rows: delegates("PUBLISH")},
	// One call for several boroughs: each sees its own part of it.
	{Act: "joint.read", touch: "SELECT joint_share", roles: "commissioner approver opening_officer evaluator moderator", rows: ofAuthority},
	{Act: "joint.read", touch: "SELECT joint_share", roles: evaluating, rows: appointed},
	{Act: "joint.read", touch: "SELECT joint_share", roles: officer, rows: delegates("PUBLISH EVALUATE AWARD MANAGE")},
	{Act: "joint.read", touch: "SELECT joint_share", roles: bids, rows: invited},
	{Act: "joint.publish", touch: "UPDATE need", roles: officer, rows: delegates("PUBLISH")},
	{Act: "joint.publish", touch: "INSERT invitation joint_share", roles: officer, rows: delegates("PUBLISH")},
	{Act: "need.close", touch: "UPDATE need", roles: "worker", rows: every},
	{Act: "ceiling.read", touch: "SELECT need_ceiling", roles: "commissioner approver", rows: ofAuthority},
	{Act: "ceiling.read", touch: "SELECT need_ceiling", roles: officer, rows: delegates("PUBLISH")},
	{Act: "panel.read", touch: "SELECT panel_decision", roles: "commissioner approver", rows: ofAuthority},
	{Act: "panel.read", touch: "SELECT panel_decision", roles: officer, rows: delegates("AWARD")},
	{Act: "panel.record", touch: "INSERT UPDATE panel_decision", roles: "commissioner", rows: ofAuthority},
	{Act: "award_notice.read", touch: "SELECT award_notice", roles: "commissioner", rows: ofAuthority},
	{Act: "award_notice.read", touch: "SELECT award_notice", roles: officer, rows: delegates("AWARD")},
	{Act: "award_notice.record", touch: "INSERT award_notice", roles: "commissioner", rows: ofAuthority},
	{Act: "award_notice.record", touch: "INSERT award_notice", roles: officer, rows: delegates("AWARD")},
	{Act: "ehc.read", touch: "SELECT ehc_calendar ehc_alert", roles: "commissioner", rows: ofAuthority},
	{Act: "ehc.record", touch: "INSERT UPDATE ehc_calendar ehc_alert", roles: "commissioner", rows: ofAuthority},
	{Act: "area.read", touch: "SELECT area_approval", roles: "commissioner approver", rows: ofAuthority},
	{Act: "area.approve", touch: "INSERT UPDATE area_approval", roles: "approver", rows: ofAuthority},
	{Act: "identity.read", touch: "SELECT need_identity", roles: "commissioner", rows: ofAuthority},
	{Act: "identity.read", touch: "SELECT need_identity", roles: bids, rows: ofAcceptedNeed},
	{Act: "identity.record", touch: "INSERT UPDATE need_identity", roles: "commissioner", rows: ofAuthority},
	{Act: "invitation.read", touch: "SELECT invitation chase", roles: "commissioner", rows: ofAuthority},
	{Act: "invitation.read", touch: "SELECT invitation chase", roles: officer, rows: delegates("PUBLISH")},
	{Act: "invitation.read", touch: "SELECT invitation chase", roles: bids, rows: ofProvider},
	{Act: "invitation.answer", touch: "UPDATE invitation", roles: bids, rows: ofProvider},
	{Act: "invitation.chase", touch: "INSERT chase", roles: "commissioner", rows: ofAuthority},
	{Act: "invitation.chase", touch: "INSERT chase", roles: officer, rows: delegates("PUBLISH")},

	// Questions: all who are invited read what was answered; who asked, the asker alone.
	{Act: "clarification.read", touch: "SELECT clarification", roles: "commissioner", rows: ofAuthority},
	{Act: "clarification.read", touch: "SELECT clarification", roles: officer, rows: delegates("PUBLISH")},
	{Act: "clarification.read", touch: "SELECT clarification", roles: bids, rows: both(invited, answeredOrAsked)},
	{Act: "clarification.answer", touch: "UPDATE clarification", roles: "commissioner", rows: ofAuthority},
	{Act: "clarification.answer", touch: "UPDATE clarification", roles: officer, rows: delegates("PUBLISH")},
	{Act: "clarification.ask", touch: "INSERT clarification", roles: bids, rows: both(invited, unanswered)},
	{Act: "clarification.ask", touch: "SELECT INSERT clarification_asker", roles: bids, rows: both(ofProvider, invited)},

	// An interest in the outcome, or none: declared in the own name; who answers for the award sees all.
	{Act: "interest.read", touch: "SELECT interest", roles: "commissioner approver", rows: ofAuthority},
	{Act: "interest.read", touch: "SELECT interest", roles: "opening_officer evaluator moderator", rows: both(ofAuthority, inPerson)},
	{Act: "interest.read", touch: "SELECT interest", roles: officer, rows: both(delegates("EVALUATE AWARD"), inPerson)},
	{Act: "interest.read", touch: "SELECT interest", roles: "keeper", rows: every},
	{Act: "interest.declare", touch: "INSERT interest", roles: "commissioner approver opening_officer evaluator moderator", rows: both(ofAuthority, inPerson)},
	{Act: "interest.declare", touch: "INSERT interest", roles: officer, rows: both(delegates("EVALUATE AWARD"), inPerson)},

	// Joint evaluation: people of other authorities, appointed to a need in their capacity while its evaluation goes on.
	{Act: "appointment.read", touch: "SELECT appointment", roles: "commissioner", rows: ofAuthority},
	{Act: "appointment.read", touch: "SELECT appointment", roles: officer, rows: delegates("EVALUATE")},
	{Act: "appointment.make", touch: "INSERT appointment", roles: "commissioner", rows: ofAuthority},
	{Act: "appointment.make", touch: "INSERT appointment", roles: officer, rows: delegates("EVALUATE")},
	{Act: "appointment.end", touch: "UPDATE appointment", roles: "commissioner", rows: ofAuthority},
	{Act: "appointment.end", touch: "UPDATE appointment", roles: officer, rows: delegates("EVALUATE")},
	{Act: "interest.read", touch: "SELECT interest", roles: evaluating, rows: both(appointed, inPerson)},
	{Act: "interest.declare", touch: "INSERT interest", roles: evaluating, rows: both(appointed, inPerson)},
	{Act: "offer.open", touch: "SELECT INSERT opening_approval", roles: "opening_officer", rows: appointed},
	{Act: "offer.read", touch: "SELECT offer", roles: evaluating, rows: appointed},
	{Act: "suitability.read", touch: "SELECT suitability", roles: "evaluator moderator", rows: appointed},
	{Act: "score.read", touch: "SELECT score score_sheet", roles: "evaluator", rows: both(appointed, inPerson)},
	{Act: "score.read", touch: "SELECT score score_sheet", roles: "moderator", rows: both(appointed, allLocked)},
	{Act: "score.give", touch: "INSERT UPDATE score", roles: "evaluator", rows: both(appointed, inPerson)},
	{Act: "score.give", touch: "INSERT score_sheet", roles: "evaluator", rows: both(appointed, inPerson)},
	{Act: "score.lock", touch: "UPDATE score_sheet", roles: "evaluator", rows: both(appointed, inPerson)},
	{Act: "moderation.read", touch: "SELECT moderation", roles: "moderator", rows: appointed},
	{Act: "moderation.agree", touch: "INSERT UPDATE moderation", roles: "moderator", rows: appointed},

	// Sealed offers: the provider's own, and after the deadline the keeper's hand.
	{Act: "sealed.read", touch: "SELECT sealed_offer sealed_part", roles: bids, rows: ofProvider},
	{Act: "sealed.read", touch: "SELECT sealed_offer sealed_part", roles: "keeper", rows: due},
	{Act: "offer.submit", touch: "INSERT UPDATE sealed_offer", roles: bids, rows: both(ofProvider, invited)},
	{Act: "offer.submit", touch: "INSERT sealed_part", roles: bids, rows: both(ofProvider, ofOwnSealedOffer)},
	{Act: "offer.withdraw", touch: "UPDATE sealed_offer", roles: bids, rows: ofProvider},
	{Act: "tally.read", touch: "SELECT offer_tally", roles: "commissioner opening_officer", rows: both(ofAuthority, shown)},
	{Act: "tally.read", touch: "SELECT offer_tally", roles: officer, rows: both(delegates("EVALUATE"), shown)},
	{Act: "offer.open", touch: "SELECT INSERT opening_approval", roles: "opening_officer", rows: ofAuthority},
	{Act: "offer.open", touch: "SELECT INSERT opening_approval", roles: officer, rows: delegates("EVALUATE")},
	{Act: "offer.unseal", touch: "UPDATE need", roles: "keeper", rows: due},
	{Act: "offer.unseal", touch: "SELECT opening_approval", roles: "keeper", rows: every},
	{Act: "offer.unseal", touch: "INSERT offer offer_price", roles: "keeper", rows: due},
	{Act: "offer.unseal", touch: "INSERT offer_fee", roles: "keeper", rows: ofOpenedOffer},

	// Opened offers; a price is not for those who open or score quality.
	{Act: "offer.read", touch: "SELECT offer", roles: "commissioner approver opening_officer evaluator moderator", rows: ofAuthority},
	{Act: "offer.read", touch: "SELECT offer", roles: officer, rows: delegates("EVALUATE AWARD")},
	{Act: "offer.read", touch: "SELECT offer", roles: "keeper", rows: every},
	{Act: "price.read", touch: "SELECT offer_price offer_fee", roles: "commissioner approver moderator", rows: ofAuthority},
	{Act: "price.read", touch: "SELECT offer_price offer_fee", roles: officer, rows: delegates("EVALUATE AWARD")},
	{Act: "price.read", touch: "SELECT offer_price offer_fee", roles: "keeper", rows: every},

	// Queries about a price: asked and decided by who evaluates, answered by its provider.
	{Act: "price_query.read", touch: "SELECT price_query", roles: "commissioner approver", rows: ofAuthority},
	{Act: "price_query.read", touch: "SELECT price_query", roles: officer, rows: delegates("EVALUATE AWARD")},
	{Act: "price_query.read", touch: "SELECT price_query", roles: bids, rows: ofProvider},
	{Act: "price_query.read", touch: "SELECT price_query", roles: "keeper", rows: every},
	{Act: "price_query.ask", touch: "INSERT price_query", roles: "commissioner", rows: ofAuthority},
	{Act: "price_query.ask", touch: "INSERT price_query", roles: officer, rows: delegates("EVALUATE")},
	{Act: "price_query.answer", touch: "UPDATE price_query", roles: bids, rows: ofProvider},
	{Act: "price_query.decide", touch: "UPDATE price_query", roles: "commissioner", rows: ofAuthority},
	{Act: "price_query.decide", touch: "UPDATE price_query", roles: officer, rows: delegates("EVALUATE")},

	// Evaluation: one's own sheet; those of others once all are locked.
	{Act: "suitability.read", touch: "SELECT suitability", roles: "commissioner approver evaluator moderator", rows: ofAuthority},
	{Act: "suitability.read", touch: "SELECT suitability", roles: officer, rows: delegates("EVALUATE")},
	{Act: "suitability.read", touch: "SELECT suitability", roles: "keeper", rows: every},
	{Act: "suitability.assess", touch: "INSERT UPDATE suitability", roles: "commissioner", rows: ofAuthority},
	{Act: "suitability.assess", touch: "INSERT UPDATE suitability", roles: officer, rows: delegates("EVALUATE")},
	{Act: "score.read", touch: "SELECT score score_sheet", roles: "commissioner moderator", rows: both(ofAuthority, allLocked)},
	{Act: "score.read", touch: "SELECT score score_sheet", roles: "evaluator", rows: both(ofAuthority, inPerson)},
	{Act: "score.read", touch: "SELECT score score_sheet", roles: officer, rows: both(delegates("EVALUATE"), inPerson)},
	{Act: "score.read", touch: "SELECT score score_sheet", roles: "keeper", rows: every},
	{Act: "score.give", touch: "INSERT UPDATE score", roles: "evaluator", rows: both(ofAuthority, inPerson)},
	{Act: "score.give", touch: "INSERT score_sheet", roles: "evaluator", rows: both(ofAuthority, inPerson)},
	{Act: "score.give", touch: "INSERT UPDATE score", roles: officer, rows: both(delegates("EVALUATE"), inPerson)},
	{Act: "score.give", touch: "INSERT score_sheet", roles: officer, rows: both(delegates("EVALUATE"), inPerson)},
	{Act: "score.lock", touch: "UPDATE score_sheet", roles: "evaluator", rows: both(ofAuthority, inPerson)},
	{Act: "score.lock", touch: "UPDATE score_sheet", roles: officer, rows: both(delegates("EVALUATE"), inPerson)},
	{Act: "moderation.read", touch: "SELECT moderation", roles: "commissioner moderator", rows: ofAuthority},
	{Act: "moderation.read", touch: "SELECT moderation", roles: "keeper", rows: every},
	{Act: "moderation.agree", touch: "INSERT UPDATE moderation", roles: "moderator", rows: ofAuthority},
	{Act: "moderation.lock", roles: "moderator"},
	{Act: "ranking.read", touch: "SELECT ranking", roles: "commissioner approver moderator", rows: ofAuthority},
	{Act: "ranking.read", touch: "SELECT ranking", roles: officer, rows: delegates("EVALUATE AWARD")},
	{Act: "ranking.rank", touch: "SELECT INSERT UPDATE ranking", roles: "keeper", rows: due},
	{Act: "ranking.rank", touch: "UPDATE need", roles: "keeper", rows: due},

	// What the family would like.
	{Act: "preference.read", touch: "SELECT preference", roles: "commissioner approver", rows: ofAuthority},
	{Act: "preference.read", touch: "SELECT preference", roles: officer, rows: delegates("EVALUATE")},
	{Act: "preference.enter", touch: "INSERT preference", roles: "commissioner", rows: ofAuthority},
	{Act: "preference.give", touch: "INSERT preference", roles: "family", rows: invitedToPrefer},
	{Act: "preference.answer", touch: "UPDATE preference", roles: "commissioner", rows: ofAuthority},
	{Act: "preference.answer", touch: "UPDATE preference", roles: officer, rows: delegates("EVALUATE")},

	// What was decided on a school that a family asks to have named; the family is told in the same act.
	{Act: "naming.read", touch: "SELECT naming", roles: "commissioner approver", rows: ofAuthority},
	{Act: "naming.decide", touch: "INSERT naming", roles: "commissioner", rows: ofAuthority},
	{Act: "naming.decide", touch: "UPDATE preference", roles: "commissioner", rows: ofAuthority},

	// No award is an outcome, of which every bidder is told.
	{Act: "no_award.read", touch: "SELECT no_award", roles: "commissioner approver", rows: ofAuthority},
	{Act: "no_award.read", touch: "SELECT no_award", roles: officer, rows: delegates("AWARD")},
	{Act: "no_award.end", touch: "INSERT no_award letter", roles: "commissioner", rows: ofAuthority},
	{Act: "no_award.end", touch: "INSERT no_award letter", roles: officer, rows: delegates("AWARD")},

	// Another route than the competition: who proposes and who approves a place by it, on what it rests, and what is spent by each.
	{Act: "route.take", touch: "INSERT award basis", roles: "commissioner", rows: ofAuthority},
	{Act: "route.take", touch: "UPDATE need", roles: "commissioner", rows: ofAuthority},
	{Act: "route.take", touch: "INSERT provider", roles: "commissioner", rows: every},
	{Act: "route.approve", touch: "UPDATE award", roles: "approver", rows: ofAuthority},
	{Act: "route.approve", touch: "INSERT placement", roles: "approver", rows: both(ofAuthority, ofApprovedRoute)},
	{Act: "route.approve", touch: "INSERT agreement", roles: "approver", rows: ofAuthority},
	{Act: "route.sign", touch: "UPDATE agreement", roles: "commissioner", rows: ofAuthority},
	{Act: "urgent.broadcast", touch: "INSERT need need_ceiling invitation", roles: "commissioner", rows: ofAuthority},
	{Act: "telephone_offer.read", touch: "SELECT telephone_offer", roles: "commissioner approver", rows: ofAuthority},
	{Act: "telephone_offer.read", touch: "SELECT telephone_offer", roles: bids, rows: ofProvider},
	{Act: "telephone_offer.enter", touch: "INSERT telephone_offer", roles: "commissioner", rows: ofAuthority},
	{Act: "telephone_offer.complete", touch: "UPDATE telephone_offer", roles: "commissioner", rows: ofAuthority},
	{Act: "telephone_offer.confirm", touch: "UPDATE telephone_offer", roles: bids, rows: ofProvider},
	{Act: "basis.read", touch: "SELECT basis", roles: "commissioner approver", rows: ofAuthority},
	{Act: "spending.read", touch: "SELECT spending", roles: "commissioner approver auditor", rows: ofAuthority},

	// Award, letters, placement, agreement: a provider learns of an award once it is approved.
	{Act: "award.read", touch: "SELECT award", roles: "commissioner approver", rows: ofAuthority},
	{Act: "award.read", touch: "SELECT award", roles: officer, rows: delegates("AWARD")},
	{Act: "award.read", touch: "SELECT award", roles: bids, rows: both(ofProvider, approved)},
	{Act: "award.read", touch: "SELECT award", roles: "worker", rows: every},
	{Act: "award.propose", touch: "INSERT award", roles: "commissioner", rows: ofAuthority},
	{Act: "award.propose", touch: "INSERT award", roles: officer, rows: delegates("AWARD")},
	{Act: "award.approve", touch: "UPDATE award", roles: "approver", rows: ofAuthority},
	{Act: "award.approve", touch: "INSERT letter", roles: "approver", rows: ofAuthority},
	{Act: "award.reject", touch: "UPDATE award", roles: "approver", rows: ofAuthority},
	{Act: "award.lapse", touch: "UPDATE award", roles: "worker", rows: every},
	{Act: "award.respond", touch: "UPDATE award", roles: bids, rows: both(ofProvider, approved)},
	{Act: "award.respond", touch: "INSERT placement", roles: bids, rows: both(ofProvider, ofApprovedAward)},
	{Act: "award.respond", touch: "INSERT agreement", roles: bids, rows: ofProvider},
	{Act: "letter.read", touch: "SELECT letter", roles: "commissioner approver", rows: ofAuthority},
	{Act: "letter.read", touch: "SELECT letter", roles: officer, rows: delegates("AWARD")},
	{Act: "letter.read", touch: "SELECT letter", roles: bids, rows: ofProvider},
	{Act: "placement.read", touch: "SELECT placement", roles: "commissioner safeguarding_lead", rows: ofAuthority},
	{Act: "placement.read", touch: "SELECT placement", roles: officer, rows: delegates("MANAGE")},
	{Act: "placement.read", touch: "SELECT placement", roles: bids, rows: ofProvider},
	{Act: "placement.start", touch: "UPDATE placement", roles: "commissioner", rows: ofAuthority},
	{Act: "placement.start", touch: "UPDATE placement", roles: officer, rows: delegates("MANAGE")},
	{Act: "agreement.read", touch: "SELECT agreement", roles: "commissioner", rows: ofAuthority},
	{Act: "agreement.read", touch: "SELECT agreement", roles: officer, rows: delegates("MANAGE")},
	{Act: "agreement.read", touch: "SELECT agreement", roles: bids, rows: ofProvider},
	{Act: "agreement.sign", touch: "UPDATE agreement", roles: "commissioner", rows: ofAuthority},
	{Act: "agreement.sign", touch: "UPDATE agreement", roles: officer, rows: delegates("MANAGE")},
	{Act: "agreement.sign", touch: "UPDATE agreement", roles: bids, rows: ofProvider},
	{Act: "setting.link", touch: "UPDATE setting", roles: "market_manager", rows: leading},
	{Act: "setting.import", touch: "INSERT UPDATE setting inspection outcode", roles: "importer", rows: every},
	{Act: "address.import", touch: "INSERT UPDATE setting_address", roles: "importer", rows: every},
	{Act: "address.read", touch: "SELECT setting_address", roles: "importer", rows: every},
	{Act: "address.read", touch: "SELECT setting_address", roles: bids, rows: ofProvider},
	{Act: "address.read", touch: "SELECT setting_address", roles: "commissioner", rows: whereAwarded},

	// Families, and what they say: the safeguarding lead first; ratings wait unread.
	{Act: "family_invitation.read", touch: "SELECT family_invitation", roles: "commissioner", rows: ofAuthority},
	{Act: "family_invitation.read", touch: "SELECT family_invitation", roles: "family", rows: withCode},
	{Act: "family_invitation.send", touch: "INSERT family_invitation", roles: "commissioner", rows: ofAuthority},
	{Act: "family_invitation.use", touch: "UPDATE family_invitation", roles: "family", rows: withCode},
	{Act: "feedback.give", touch: "INSERT rating_waiting", roles: "family", rows: invitedToFeedBack},
	{Act: "feedback.give", touch: "INSERT feedback_words", roles: "family", rows: both(invitedToFeedBack, ofPlacementInvitedTo)},
	{Act: "words.read", touch: "SELECT feedback_words", roles: "safeguarding_lead", rows: ofAuthority},
	{Act: "words.read", touch: "SELECT feedback_words", roles: "commissioner", rows: both(ofAuthority, released)},
	{Act: "words.read", touch: "SELECT feedback_words", roles: bids, rows: both(ofProvider, released)},
	{Act: "words.decide", touch: "UPDATE feedback_words", roles: "safeguarding_lead", rows: ofAuthority},
	{Act: "rating.mix", touch: "SELECT DELETE rating_waiting", roles: "worker", rows: every},
	{Act: "rating.mix", touch: "INSERT rating", roles: "worker", rows: every},

	// What has come due: the clock alerts those who act in the capacity that it concerns.
	{Act: "alert.read", touch: "SELECT alert", roles: "market_manager commissioner opening_officer safeguarding_lead", rows: both(ofAuthority, inOwnCapacity)},
	{Act: "alert.wake", touch: "INSERT alert", roles: "worker", rows: every},
}

// Has says whether a role has an act at all.
func Has(role policy.Role, act policy.Act) bool {
	return slices.ContainsFunc(Rights, func(r Right) bool { return r.Act == act && slices.Contains(strings.Fields(r.roles), string(role)) })
}

// byGroup are the rows on which each group's people may act, one entry a right.
var byGroup = func() map[Group][]rows {
	all := map[Group][]rows{}
	for _, r := range Rights {
		for _, role := range strings.Fields(r.roles) {
			for _, of := range r.touched() {
				g := Group{policy.Role(role), of.Command, of.Table}
				all[g] = append(all[g], r.rows)
			}
		}
	}
	return all
}()

// touched are the commands on tables that a right is to.
func (r Right) touched() (all []policy.Touch) {
	var commands []policy.Command
	for _, word := range strings.Fields(r.touch) {
		if word == strings.ToUpper(word) {
			commands = append(commands, policy.Command(word))
			continue
		}
		for _, c := range commands {
			all = append(all, policy.Touch{Table: word, Command: c})
		}
	}
	return all
}

// Grants says whether a role may use a command of a table at all.
func Grants(role policy.Role, command policy.Command, table string) bool {
	return len(byGroup[Group{role, command, table}]) > 0
}
