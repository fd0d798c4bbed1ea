// Package rights states a second time, by hand, what a person can do on which rows: an act, the tables that it uses,
// the capacities that have it, and in Go what its rows are. It is written from the rules of the market and reads
// nothing of policy.csv or of the predicates that PostgreSQL is given, so that the two can be compared.
package rights

import (
	"slices"
	"strings"

	"github.com/southeasttogether/dps/policy"
)

// Right is one line: an act on tables, the roles that have it, and on which rows.
type Right struct {
	Act               policy.Act // "" for the login that checks the log, which does no act
	commandsAndTables string     // commands in capitals, then tables; each command on each table
	roles             string
	rows              rowFilter
}

// The roles, by what they have in common.
const (
	actingRoles = "market_manager commissioner approver opening_officer evaluator moderator safeguarding_lead auditor " +
		"consortium_officer bids_manager"
	allRoles          = "public family " + actingRoles + " keeper worker importer"
	consortiumOfficer = "consortium_officer"
	bidsManager       = "bids_manager"

	evaluatingRoles = "opening_officer evaluator moderator" // who can be appointed to a need of another authority's
)

// logReader is the login that checks the log. It acts in no role of the policy, but meets the same walls.
const logReader = policy.Role("log_reader")

// Rights are all of them. Nobody can do what is in no line.
var Rights = []Right{
	// What is open to everyone.
	{Act: "organisation.read", commandsAndTables: "SELECT organisation partnership_step succession", roles: allRoles, rows: everyRow},
	{
		Act: "market.read", commandsAndTables: "SELECT market regime procedure admission_terms evidence_kind market_notice market_rule " +
			"tie_break below_standard regime_route tribunal_direction urgent_terms award_notice_rule area_neighbour",
		roles: allRoles, rows: everyRow,
	},
	{Act: "provider.read", commandsAndTables: "SELECT provider", roles: allRoles, rows: everyRow},
	{
		Act:               "setting.read",
		commandsAndTables: "SELECT setting inspection outcode place_key place vacancy declared_needs district local_authority",
		roles:             allRoles, rows: everyRow,
	},
	{Act: "vacancy.declare", commandsAndTables: "INSERT UPDATE vacancy", roles: bidsManager, rows: ofOwnSetting},
	{Act: "setting.declare", commandsAndTables: "INSERT UPDATE declared_needs", roles: bidsManager, rows: ofOwnSetting},
	{Act: "search.read", commandsAndTables: "SELECT saved_search", roles: "commissioner", rows: ownOrShared},
	{Act: "search.save", commandsAndTables: "INSERT UPDATE saved_search", roles: "commissioner", rows: ownKey},
	{Act: "search.remove", commandsAndTables: "DELETE saved_search", roles: "commissioner", rows: ownKey},
	{Act: "membership.read", commandsAndTables: "SELECT membership", roles: allRoles, rows: everyRow},
	{Act: "question.read", commandsAndTables: "SELECT question", roles: allRoles, rows: everyRow},
	{Act: "rating.read", commandsAndTables: "SELECT rating", roles: allRoles, rows: everyRow},
	{Act: "lot.read", commandsAndTables: "SELECT lot criterion lot_evidence", roles: allRoles, rows: ofPublishedLot},

	// The log and the memory of retries: only in the person's own name.
	{
		Act: "event.write", commandsAndTables: "INSERT event", roles: actingRoles + " family worker importer",
		rows: bothFilters(ownDoing, inOwnCapacity),
	},
	{Act: "event.write", commandsAndTables: "INSERT event", roles: "keeper", rows: ownDoing},
	{Act: "event.read", commandsAndTables: "SELECT event", roles: "auditor", rows: ofAuthority},
	{Act: "event.read", commandsAndTables: "SELECT event", roles: bidsManager, rows: inOwnChain},
	{Act: "event.seal", commandsAndTables: "SELECT event", roles: "worker", rows: everyRow},
	{Act: "event.seal", commandsAndTables: "SELECT INSERT event_seal event_head", roles: "worker", rows: everyRow},
	{Act: "idempotency.keep", commandsAndTables: "SELECT INSERT idempotency", roles: actingRoles + " keeper", rows: ownKey},
	{commandsAndTables: "SELECT event event_seal event_head", roles: string(logReader), rows: everyRow},
	{Act: "idempotency.remove", commandsAndTables: "SELECT DELETE idempotency", roles: "worker", rows: servedRetry},
	{Act: "family_invitation.remove", commandsAndTables: "SELECT DELETE family_invitation", roles: "worker", rows: servedInvitation},
	{Act: "event.thin", commandsAndTables: "SELECT event_head", roles: "worker", rows: everyRow},
	{Act: "evidence.remove", commandsAndTables: "UPDATE evidence_file", roles: "worker", rows: servedDocument},

	// The market: the lead authority's manager.
	{Act: "lot.read", commandsAndTables: "SELECT lot criterion lot_evidence", roles: "market_manager", rows: ofAuthority},
	{Act: "lot.create", commandsAndTables: "INSERT lot criterion", roles: "market_manager", rows: ofAuthority},
	{Act: "lot.publish", commandsAndTables: "UPDATE lot", roles: "market_manager", rows: ofAuthority},
	{Act: "notice.publish", commandsAndTables: "INSERT market_notice market_rule", roles: "market_manager", rows: ofAuthority},
	{Act: "lot.ask", commandsAndTables: "INSERT lot_evidence", roles: "market_manager", rows: ofAuthority},
	{Act: "evidence.read", commandsAndTables: "SELECT evidence evidence_warning", roles: bidsManager, rows: ofProvider},
	{Act: "evidence.read", commandsAndTables: "SELECT evidence evidence_warning", roles: "market_manager", rows: ofApplicant},
	{
		Act: "evidence.read", commandsAndTables: "SELECT evidence evidence_warning", roles: "commissioner",
		rows: bothFilters(ofMemberOrKeeper, inTheRegion),
	},
	{Act: "evidence.read", commandsAndTables: "SELECT evidence evidence_warning", roles: "worker", rows: everyRow},
	{Act: "evidence.view", commandsAndTables: "SELECT evidence_file", roles: bidsManager, rows: ofProvider},
	{Act: "evidence.view", commandsAndTables: "SELECT evidence_file", roles: "market_manager", rows: ofApplicant},
	{Act: "evidence.view", commandsAndTables: "SELECT evidence_file", roles: "commissioner", rows: ofMemberCalledUpon},
	{Act: "evidence.view", commandsAndTables: "SELECT evidence_file", roles: "commissioner", rows: ofKeeperOfOwnChild},
	{Act: "rejection.read", commandsAndTables: "SELECT evidence_rejection", roles: bidsManager, rows: ofProvider},
	{Act: "rejection.read", commandsAndTables: "SELECT evidence_rejection", roles: "market_manager", rows: ofApplicant},
	{Act: "evidence.record", commandsAndTables: "INSERT evidence", roles: bidsManager, rows: ofProvider},
	// Who registers: its own people, and the manager of who leads.
	{Act: "registration.read", commandsAndTables: "SELECT registration", roles: bidsManager, rows: ofProvider},
	{Act: "registration.read", commandsAndTables: "SELECT registration", roles: "market_manager", rows: leadsAMarket},
	{Act: "registration.submit", commandsAndTables: "INSERT registration provider_contact", roles: bidsManager, rows: ofProvider},
	{Act: "registration.submit", commandsAndTables: "UPDATE provider_contact", roles: bidsManager, rows: ofProvider},
	{Act: "registration.withdraw", commandsAndTables: "UPDATE registration", roles: bidsManager, rows: ofProvider},
	{Act: "registration.decide", commandsAndTables: "UPDATE registration", roles: "market_manager", rows: leadsAMarket},
	{Act: "registration.decide", commandsAndTables: "INSERT provider", roles: "market_manager", rows: leadsAMarket},
	{Act: "contact.read", commandsAndTables: "SELECT provider_contact", roles: bidsManager, rows: ofProvider},
	{Act: "contact.read", commandsAndTables: "SELECT provider_contact", roles: "market_manager", rows: leadsAMarket},
	{
		Act: "contact.read", commandsAndTables: "SELECT provider_contact", roles: "commissioner",
		rows: bothFilters(ofMember, inTheRegion),
	},
	{Act: "contact.keep", commandsAndTables: "INSERT UPDATE provider_contact", roles: bidsManager, rows: ofProvider},
	{Act: "renewal.read", commandsAndTables: "SELECT renewal", roles: "market_manager", rows: ofAuthority},
	{Act: "renewal.read", commandsAndTables: "SELECT renewal", roles: bidsManager, rows: ofProvider},
	{Act: "renewal.ask", commandsAndTables: "INSERT renewal", roles: "market_manager", rows: ofAuthority},
	{Act: "evidence.upload", commandsAndTables: "INSERT evidence_file", roles: bidsManager, rows: ofProvider},
	{Act: "evidence.reject", commandsAndTables: "UPDATE evidence", roles: "market_manager", rows: ofApplicant},
	{Act: "evidence.reject", commandsAndTables: "INSERT evidence_rejection", roles: "market_manager", rows: ofApplicant},
	{Act: "evidence.warn", commandsAndTables: "SELECT evidence_file", roles: "worker", rows: everyRow},
	{Act: "evidence.warn", commandsAndTables: "INSERT evidence_warning", roles: "worker", rows: everyRow},
	{Act: "membership.lapse", commandsAndTables: "UPDATE membership", roles: "worker", rows: everyRow},
	{Act: "membership.lapse", commandsAndTables: "INSERT membership_step", roles: "worker", rows: everyRow},
	{
		Act: "application.read", commandsAndTables: "SELECT application application_question application_appeal", roles: "market_manager",
		rows: ofAuthority,
	},
	{
		Act: "application.read", commandsAndTables: "SELECT application application_question application_appeal",
		roles: bidsManager, rows: ofProvider,
	},
	{Act: "application.submit", commandsAndTables: "INSERT application", roles: bidsManager, rows: ofProvider},
	{Act: "application.withdraw", commandsAndTables: "UPDATE application", roles: bidsManager, rows: ofProvider},
	{Act: "application.decide", commandsAndTables: "UPDATE application", roles: "market_manager", rows: ofAuthority},
	{Act: "application.decide", commandsAndTables: "INSERT membership", roles: "market_manager", rows: ofOwnLot},
	{Act: "application.decide", commandsAndTables: "INSERT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "application.ask", commandsAndTables: "INSERT application_question", roles: "market_manager", rows: ofAuthority},
	{Act: "application.answer", commandsAndTables: "UPDATE application_question", roles: bidsManager, rows: ofProvider},
	{Act: "application.extend", commandsAndTables: "UPDATE application", roles: "market_manager", rows: ofAuthority},
	{Act: "application.appeal", commandsAndTables: "INSERT application_appeal", roles: bidsManager, rows: ofProvider},
	{Act: "application.review", commandsAndTables: "UPDATE application_appeal application", roles: "market_manager", rows: ofAuthority},
	{Act: "application.review", commandsAndTables: "INSERT membership", roles: "market_manager", rows: ofOwnLot},
	{Act: "application.review", commandsAndTables: "INSERT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "membership.suspend", commandsAndTables: "UPDATE membership", roles: "market_manager", rows: ofOwnLot},
	{Act: "membership.suspend", commandsAndTables: "INSERT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "membership.remove", commandsAndTables: "UPDATE membership", roles: "market_manager", rows: ofOwnLot},
	{Act: "membership.remove", commandsAndTables: "INSERT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "membership.answer", commandsAndTables: "INSERT membership_step", roles: bidsManager, rows: ofProvider},
	{Act: "membership.leave", commandsAndTables: "UPDATE membership", roles: bidsManager, rows: ofProvider},
	{Act: "membership.leave", commandsAndTables: "INSERT membership_step", roles: bidsManager, rows: ofProvider},
	{Act: "membership_step.read", commandsAndTables: "SELECT membership_step", roles: "market_manager", rows: ofAuthority},
	{Act: "membership_step.read", commandsAndTables: "SELECT membership_step", roles: bidsManager, rows: ofProvider},

	// Who joins, leaves or moves, the lead authority's manager records.
	{Act: "partnership.admit", commandsAndTables: "INSERT organisation partnership_step", roles: "market_manager", rows: leadsAMarket},
	{Act: "partnership.admit", commandsAndTables: "UPDATE organisation", roles: "market_manager", rows: leadsAMarket},
	{Act: "partnership.end", commandsAndTables: "UPDATE organisation", roles: "market_manager", rows: leadsAMarket},
	{Act: "partnership.end", commandsAndTables: "INSERT partnership_step", roles: "market_manager", rows: leadsAMarket},
	{Act: "partnership.move", commandsAndTables: "UPDATE organisation", roles: "market_manager", rows: leadsAMarket},
	{Act: "partnership.move", commandsAndTables: "INSERT partnership_step", roles: "market_manager", rows: leadsAMarket},

	// Who succeeds whom: announced by who leads, allocated by the predecessor's approver, completed by the clock's hand.
	{Act: "succession.announce", commandsAndTables: "INSERT succession partnership_step", roles: "market_manager", rows: leadsAMarket},
	{Act: "succession.announce", commandsAndTables: "UPDATE organisation", roles: "market_manager", rows: leadsAMarket},
	{Act: "succession.cancel", commandsAndTables: "UPDATE succession", roles: "market_manager", rows: leadsAMarket},
	{Act: "succession.cancel", commandsAndTables: "UPDATE organisation", roles: "market_manager", rows: leadsAMarket},
	{Act: "succession.cancel", commandsAndTables: "INSERT partnership_step", roles: "market_manager", rows: leadsAMarket},
	{Act: "succession.allocate", commandsAndTables: "UPDATE succession", roles: "approver", rows: ofAuthority},
	{Act: "succession.allocate", commandsAndTables: "INSERT UPDATE succession_case", roles: "approver", rows: ofPredecessor},
	{Act: "succession.complete", commandsAndTables: "UPDATE succession", roles: "worker", rows: everyRow},
	{Act: "succession_case.read", commandsAndTables: "SELECT succession_case", roles: "commissioner approver", rows: ofPredecessor},
	{Act: "succession_case.read", commandsAndTables: "SELECT succession_case", roles: "worker", rows: everyRow},

	// Delegation: a borough gives and takes back, its consortium knows.
	{Act: "delegation.read", commandsAndTables: "SELECT delegation", roles: "commissioner", rows: ofAuthority},
	{Act: "delegation.read", commandsAndTables: "SELECT delegation", roles: consortiumOfficer, rows: toConsortium},
	{Act: "delegation.give", commandsAndTables: "INSERT delegation", roles: "commissioner", rows: ofAuthority},
	{Act: "delegation.withdraw", commandsAndTables: "UPDATE delegation", roles: "commissioner", rows: ofAuthority},

	// A need: its authority's people, the consortium in what is delegated, the providers invited while they are members or have an offer.
	{
		Act: "need.read", commandsAndTables: "SELECT need need_change need_link",
		roles: "commissioner approver opening_officer evaluator moderator safeguarding_lead", rows: ofAuthority,
	},
	{Act: "need.read", commandsAndTables: "SELECT need need_change", roles: evaluatingRoles, rows: appointedToNeed},
	{Act: "need.read", commandsAndTables: "SELECT need_link", roles: evaluatingRoles, rows: bothFilters(appointedToNeed, appointedToSibling)},
	{
		Act: "need.read", commandsAndTables: "SELECT need need_change need_link", roles: consortiumOfficer,
		rows: delegatesTo("PUBLISH EVALUATE AWARD MANAGE"),
	},
	{Act: "need.read", commandsAndTables: "SELECT need need_change", roles: bidsManager, rows: followsNeed},
	{Act: "need.read", commandsAndTables: "SELECT need_link", roles: bidsManager, rows: bothFilters(followsNeed, followsSibling)},
	{Act: "need.read", commandsAndTables: "SELECT need need_change", roles: bidsManager, rows: ofAcceptedNeed},
	{Act: "need.read", commandsAndTables: "SELECT need_link", roles: bidsManager, rows: bothFilters(ofAcceptedNeed, ofAcceptedSibling)},
	{Act: "need.read", commandsAndTables: "SELECT need need_change need_link", roles: "keeper worker", rows: everyRow},
	{Act: "need.create", commandsAndTables: "INSERT need need_ceiling", roles: "commissioner", rows: ofAuthority},
	{Act: "need.create", commandsAndTables: "INSERT need need_ceiling", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "need.publish", commandsAndTables: "UPDATE need", roles: "commissioner", rows: ofAuthority},
	{Act: "need.publish", commandsAndTables: "INSERT invitation", roles: "commissioner", rows: ofAuthority},
	{Act: "need.publish", commandsAndTables: "UPDATE need", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "need.publish", commandsAndTables: "INSERT invitation", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "need.amend", commandsAndTables: "UPDATE need need_ceiling", roles: "commissioner", rows: ofAuthority},
	{Act: "need.amend", commandsAndTables: "INSERT need_change invitation need_ceiling", roles: "commissioner", rows: ofAuthority},
	{Act: "need.amend", commandsAndTables: "UPDATE need need_ceiling", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{
		Act: "need.amend", commandsAndTables: "INSERT need_change invitation need_ceiling", roles: consortiumOfficer,
		rows: delegatesTo("PUBLISH"),
	},
	{Act: "need.withdraw", commandsAndTables: "UPDATE need", roles: "commissioner", rows: ofAuthority},
	{Act: "need.withdraw", commandsAndTables: "UPDATE need", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "need.link", commandsAndTables: "INSERT need_link need_change", roles: "commissioner", rows: ofAuthority},
	{Act: "need.link", commandsAndTables: "INSERT need_link need_change", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "need.link", commandsAndTables: "UPDATE need_link", roles: "commissioner", rows: ofAuthority},
	{Act: "need.link", commandsAndTables: "UPDATE need_link", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "need.discard", commandsAndTables: "UPDATE need", roles: "commissioner", rows: ofAuthority},
	{Act: "need.discard", commandsAndTables: "UPDATE need", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "redaction.read", commandsAndTables: "SELECT need_redaction", roles: "commissioner", rows: ofAuthority},
	{Act: "redaction.read", commandsAndTables: "SELECT need_redaction", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "redaction.make", commandsAndTables: "INSERT need_redaction", roles: "commissioner", rows: ofAuthority},
	{Act: "redaction.make", commandsAndTables: "INSERT need_redaction", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	// One call for several boroughs: each sees its own part of it.
	{
		Act: "joint.read", commandsAndTables: "SELECT joint_share", roles: "commissioner approver opening_officer evaluator moderator",
		rows: ofAuthority,
	},
	{Act: "joint.read", commandsAndTables: "SELECT joint_share", roles: evaluatingRoles, rows: appointedToNeed},
	{Act: "joint.read", commandsAndTables: "SELECT joint_share", roles: consortiumOfficer, rows: delegatesTo("PUBLISH EVALUATE AWARD MANAGE")},
	{Act: "joint.read", commandsAndTables: "SELECT joint_share", roles: bidsManager, rows: followsNeed},
	{Act: "joint.publish", commandsAndTables: "UPDATE need", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "joint.publish", commandsAndTables: "INSERT invitation joint_share", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "need.close", commandsAndTables: "UPDATE need", roles: "worker", rows: everyRow},
	{Act: "ceiling.read", commandsAndTables: "SELECT need_ceiling", roles: "commissioner approver", rows: ofAuthority},
	{Act: "ceiling.read", commandsAndTables: "SELECT need_ceiling", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "panel.read", commandsAndTables: "SELECT panel_decision", roles: "commissioner approver", rows: ofAuthority},
	{Act: "panel.read", commandsAndTables: "SELECT panel_decision", roles: consortiumOfficer, rows: delegatesTo("AWARD")},
	{Act: "panel.record", commandsAndTables: "INSERT UPDATE panel_decision", roles: "commissioner", rows: ofAuthority},
	{Act: "award_notice.read", commandsAndTables: "SELECT award_notice owed_notice", roles: "commissioner", rows: ofAuthority},
	{Act: "award_notice.read", commandsAndTables: "SELECT award_notice owed_notice", roles: consortiumOfficer, rows: delegatesTo("AWARD")},
	{Act: "award_notice.record", commandsAndTables: "INSERT award_notice", roles: "commissioner", rows: ofAuthority},
	{Act: "award_notice.record", commandsAndTables: "INSERT award_notice", roles: consortiumOfficer, rows: delegatesTo("AWARD")},
	{Act: "ehc.read", commandsAndTables: "SELECT ehc_calendar ehc_alert", roles: "commissioner", rows: ofAuthority},
	{Act: "ehc.record", commandsAndTables: "INSERT UPDATE ehc_calendar ehc_alert", roles: "commissioner", rows: ofAuthority},
	{Act: "area.read", commandsAndTables: "SELECT area_approval", roles: "commissioner approver", rows: ofAuthority},
	{Act: "area.approve", commandsAndTables: "INSERT UPDATE area_approval", roles: "approver", rows: ofAuthority},
	{Act: "identity.read", commandsAndTables: "SELECT need_identity", roles: "commissioner", rows: ofAuthority},
	{Act: "identity.read", commandsAndTables: "SELECT need_identity", roles: bidsManager, rows: ofPlacedNeed},
	{Act: "identity.record", commandsAndTables: "INSERT UPDATE need_identity", roles: "commissioner", rows: ofAuthority},
	{Act: "invitation.read", commandsAndTables: "SELECT invitation chase", roles: "commissioner", rows: ofAuthority},
	{Act: "invitation.read", commandsAndTables: "SELECT invitation chase", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "invitation.read", commandsAndTables: "SELECT invitation chase", roles: bidsManager, rows: ofProvider},
	{Act: "invitation.answer", commandsAndTables: "UPDATE invitation", roles: bidsManager, rows: ofProvider},
	{Act: "invitation.chase", commandsAndTables: "INSERT chase", roles: "commissioner", rows: ofAuthority},
	{Act: "invitation.chase", commandsAndTables: "INSERT chase", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},

	// Questions: all who follow the need read what was answered; who asked, the asker alone. Active members ask.
	{Act: "clarification.read", commandsAndTables: "SELECT clarification", roles: "commissioner", rows: ofAuthority},
	{Act: "clarification.read", commandsAndTables: "SELECT clarification", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{
		Act: "clarification.read", commandsAndTables: "SELECT clarification", roles: bidsManager,
		rows: bothFilters(followsNeed, answeredOrAsked),
	},
	{Act: "clarification.answer", commandsAndTables: "UPDATE clarification", roles: "commissioner", rows: ofAuthority},
	{Act: "clarification.answer", commandsAndTables: "UPDATE clarification", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "clarification.answer", commandsAndTables: "INSERT clarification_correction", roles: "commissioner", rows: ofAuthority},
	{
		Act: "clarification.answer", commandsAndTables: "INSERT clarification_correction", roles: consortiumOfficer,
		rows: delegatesTo("PUBLISH"),
	},
	{Act: "clarification.read", commandsAndTables: "SELECT clarification_correction", roles: "commissioner", rows: ofAuthority},
	{Act: "clarification.read", commandsAndTables: "SELECT clarification_correction", roles: consortiumOfficer, rows: delegatesTo("PUBLISH")},
	{Act: "clarification.read", commandsAndTables: "SELECT clarification_correction", roles: bidsManager, rows: followsNeed},
	{
		Act: "clarification.ask", commandsAndTables: "INSERT clarification", roles: bidsManager,
		rows: bothFilters(invitedAsMember, isUnanswered),
	},
	{
		Act: "clarification.ask", commandsAndTables: "SELECT INSERT clarification_asker", roles: bidsManager,
		rows: bothFilters(ofProvider, followsNeed),
	},

	// An interest in the outcome, or none: declared in the person's own name. Those who answer for the award see all.
	{Act: "interest.read", commandsAndTables: "SELECT interest", roles: "commissioner approver", rows: ofAuthority},
	{
		Act: "interest.read", commandsAndTables: "SELECT interest", roles: "opening_officer evaluator moderator",
		rows: bothFilters(ofAuthority, inPerson),
	},
	{Act: "interest.read", commandsAndTables: "SELECT interest", roles: consortiumOfficer, rows: bothFilters(delegatesTo("EVALUATE AWARD"),
		inPerson)},
	{Act: "interest.read", commandsAndTables: "SELECT interest", roles: "keeper", rows: everyRow},
	{
		Act: "interest.declare", commandsAndTables: "INSERT interest", roles: "commissioner approver opening_officer evaluator moderator",
		rows: bothFilters(ofAuthority, inPerson),
	},
	{Act: "interest.declare", commandsAndTables: "INSERT interest", roles: consortiumOfficer, rows: bothFilters(delegatesTo("EVALUATE AWARD"),
		inPerson)},

	// Joint evaluation: people of other crowd.Authorities, appointed to a need in their capacity while its evaluation goes on.
	{Act: "appointment.read", commandsAndTables: "SELECT appointment", roles: "commissioner", rows: ofAuthority},
	{Act: "appointment.read", commandsAndTables: "SELECT appointment", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},
	{Act: "appointment.make", commandsAndTables: "INSERT appointment", roles: "commissioner", rows: ofAuthority},
	{Act: "appointment.make", commandsAndTables: "INSERT appointment", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},
	{Act: "appointment.end", commandsAndTables: "UPDATE appointment", roles: "commissioner", rows: ofAuthority},
	{Act: "appointment.end", commandsAndTables: "UPDATE appointment", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},
	{Act: "interest.read", commandsAndTables: "SELECT interest", roles: evaluatingRoles, rows: bothFilters(appointedToNeed, inPerson)},
	{Act: "interest.declare", commandsAndTables: "INSERT interest", roles: evaluatingRoles, rows: bothFilters(appointedToNeed, inPerson)},
	{Act: "offer.open", commandsAndTables: "SELECT INSERT opening_approval", roles: "opening_officer", rows: appointedToNeed},
	{Act: "offer.read", commandsAndTables: "SELECT offer", roles: evaluatingRoles, rows: appointedToNeed},
	{Act: "suitability.read", commandsAndTables: "SELECT suitability", roles: "evaluator moderator", rows: appointedToNeed},
	{Act: "score.read", commandsAndTables: "SELECT score score_sheet", roles: "evaluator", rows: bothFilters(appointedToNeed, inPerson)},
	{Act: "score.read", commandsAndTables: "SELECT score score_sheet", roles: "moderator", rows: bothFilters(appointedToNeed, allLocked)},
	{Act: "score.give", commandsAndTables: "INSERT UPDATE score", roles: "evaluator", rows: bothFilters(appointedToNeed, inPerson)},
	{Act: "score.give", commandsAndTables: "INSERT score_sheet", roles: "evaluator", rows: bothFilters(appointedToNeed, inPerson)},
	{Act: "score.lock", commandsAndTables: "UPDATE score_sheet", roles: "evaluator", rows: bothFilters(appointedToNeed, inPerson)},
	{Act: "moderation.read", commandsAndTables: "SELECT moderation", roles: "moderator", rows: appointedToNeed},
	{Act: "moderation.agree", commandsAndTables: "INSERT UPDATE moderation", roles: "moderator", rows: appointedToNeed},

	// Sealed offers: the provider's own, and after the deadline the keeper's hand.
	{Act: "sealed.read", commandsAndTables: "SELECT sealed_offer sealed_part", roles: bidsManager, rows: ofProvider},
	{Act: "sealed.read", commandsAndTables: "SELECT sealed_offer sealed_part", roles: "keeper", rows: isPastDeadline},
	{Act: "offer.submit", commandsAndTables: "INSERT UPDATE sealed_offer", roles: bidsManager, rows: bothFilters(ofProvider, invitedAsMember)},
	{Act: "offer.submit", commandsAndTables: "INSERT sealed_part", roles: bidsManager, rows: bothFilters(ofProvider, ofOwnSealedOffer)},
	{Act: "offer.withdraw", commandsAndTables: "UPDATE sealed_offer", roles: bidsManager, rows: ofProvider},
	{
		Act: "tally.read", commandsAndTables: "SELECT offer_tally", roles: "commissioner opening_officer",
		rows: bothFilters(ofAuthority, isShown),
	},
	{Act: "tally.read", commandsAndTables: "SELECT offer_tally", roles: consortiumOfficer, rows: bothFilters(delegatesTo("EVALUATE"),
		isShown)},
	{Act: "offer.open", commandsAndTables: "SELECT INSERT opening_approval", roles: "opening_officer", rows: ofAuthority},
	{
		Act: "offer.open", commandsAndTables: "SELECT INSERT opening_approval", roles: "commissioner",
		rows: bothFilters(ofAuthority, byOneEvaluator),
	},
	{Act: "offer.open", commandsAndTables: "SELECT INSERT opening_approval", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},
	{Act: "offer.unseal", commandsAndTables: "UPDATE need", roles: "keeper", rows: isPastDeadline},
	{Act: "offer.unseal", commandsAndTables: "SELECT opening_approval", roles: "keeper", rows: everyRow},
	{Act: "offer.unseal", commandsAndTables: "INSERT offer offer_price", roles: "keeper", rows: isPastDeadline},
	{Act: "offer.unseal", commandsAndTables: "INSERT offer_fee", roles: "keeper", rows: ofOpenedOffer},

	// Opened offers; a price is not for those who open or score quality.
	{
		Act: "offer.read", commandsAndTables: "SELECT offer", roles: "commissioner approver opening_officer evaluator moderator",
		rows: ofAuthority,
	},
	{Act: "offer.read", commandsAndTables: "SELECT offer", roles: consortiumOfficer, rows: delegatesTo("EVALUATE AWARD")},
	{Act: "offer.read", commandsAndTables: "SELECT offer", roles: "keeper", rows: everyRow},
	{Act: "price.read", commandsAndTables: "SELECT offer_price offer_fee", roles: "commissioner approver moderator", rows: ofAuthority},
	{Act: "price.read", commandsAndTables: "SELECT offer_price offer_fee", roles: consortiumOfficer, rows: delegatesTo("EVALUATE AWARD")},
	{Act: "price.read", commandsAndTables: "SELECT offer_price offer_fee", roles: "keeper", rows: everyRow},

	// Queries about a price: asked and decided by who evaluates, answered by its provider.
	{Act: "price_query.read", commandsAndTables: "SELECT price_query", roles: "commissioner approver", rows: ofAuthority},
	{Act: "price_query.read", commandsAndTables: "SELECT price_query", roles: consortiumOfficer, rows: delegatesTo("EVALUATE AWARD")},
	{Act: "price_query.read", commandsAndTables: "SELECT price_query", roles: bidsManager, rows: ofProvider},
	{Act: "price_query.read", commandsAndTables: "SELECT price_query", roles: "keeper", rows: everyRow},
	{Act: "price_query.ask", commandsAndTables: "INSERT price_query", roles: "commissioner", rows: ofAuthority},
	{Act: "price_query.ask", commandsAndTables: "INSERT price_query", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},
	{Act: "price_query.answer", commandsAndTables: "UPDATE price_query", roles: bidsManager, rows: ofProvider},
	{Act: "price_query.decide", commandsAndTables: "UPDATE price_query", roles: "commissioner", rows: ofAuthority},
	{Act: "price_query.decide", commandsAndTables: "UPDATE price_query", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},

	// Evaluation: one's own sheet; those of others once all are locked.
	{Act: "suitability.read", commandsAndTables: "SELECT suitability", roles: "commissioner approver evaluator moderator", rows: ofAuthority},
	{Act: "suitability.read", commandsAndTables: "SELECT suitability", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},
	{Act: "suitability.read", commandsAndTables: "SELECT suitability", roles: "keeper", rows: everyRow},
	{Act: "suitability.assess", commandsAndTables: "INSERT UPDATE suitability", roles: "commissioner", rows: ofAuthority},
	{Act: "suitability.assess", commandsAndTables: "INSERT UPDATE suitability", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},
	{
		Act: "score.read", commandsAndTables: "SELECT score score_sheet", roles: "commissioner moderator",
		rows: bothFilters(ofAuthority, allLocked),
	},
	{
		Act: "score.read", commandsAndTables: "SELECT score score_sheet", roles: "commissioner evaluator",
		rows: bothFilters(ofAuthority, inPerson),
	},
	{Act: "score.read", commandsAndTables: "SELECT score score_sheet", roles: consortiumOfficer, rows: bothFilters(delegatesTo("EVALUATE"),
		inPerson)},
	{Act: "score.read", commandsAndTables: "SELECT score score_sheet", roles: "keeper", rows: everyRow},
	{Act: "score.give", commandsAndTables: "INSERT UPDATE score", roles: "evaluator", rows: bothFilters(ofAuthority, inPerson)},
	{Act: "score.give", commandsAndTables: "INSERT score_sheet", roles: "evaluator", rows: bothFilters(ofAuthority, inPerson)},
	{Act: "score.give", commandsAndTables: "INSERT UPDATE score", roles: "commissioner", rows: bothFilters(ofAuthority, byOneEvaluator)},
	{Act: "score.give", commandsAndTables: "INSERT score_sheet", roles: "commissioner", rows: bothFilters(ofAuthority, byOneEvaluator)},
	{Act: "score.lock", commandsAndTables: "UPDATE score_sheet", roles: "commissioner", rows: bothFilters(ofAuthority, byOneEvaluator)},
	{Act: "score.give", commandsAndTables: "INSERT UPDATE score", roles: consortiumOfficer, rows: bothFilters(delegatesTo("EVALUATE"),
		inPerson)},
	{Act: "score.give", commandsAndTables: "INSERT score_sheet", roles: consortiumOfficer, rows: bothFilters(delegatesTo("EVALUATE"),
		inPerson)},
	{Act: "score.lock", commandsAndTables: "UPDATE score_sheet", roles: "evaluator", rows: bothFilters(ofAuthority, inPerson)},
	{Act: "score.lock", commandsAndTables: "UPDATE score_sheet", roles: consortiumOfficer, rows: bothFilters(delegatesTo("EVALUATE"),
		inPerson)},
	{Act: "moderation.read", commandsAndTables: "SELECT moderation", roles: "commissioner moderator", rows: ofAuthority},
	{Act: "moderation.read", commandsAndTables: "SELECT moderation", roles: "keeper", rows: everyRow},
	{Act: "moderation.agree", commandsAndTables: "INSERT UPDATE moderation", roles: "moderator", rows: ofAuthority},
	{Act: "moderation.lock", roles: "moderator"},
	{Act: "ranking.read", commandsAndTables: "SELECT ranking", roles: "commissioner approver moderator", rows: ofAuthority},
	{Act: "ranking.read", commandsAndTables: "SELECT ranking", roles: consortiumOfficer, rows: delegatesTo("EVALUATE AWARD")},
	{Act: "ranking.rank", commandsAndTables: "SELECT INSERT UPDATE ranking", roles: "keeper", rows: isPastDeadline},
	{Act: "ranking.rank", commandsAndTables: "UPDATE need", roles: "keeper", rows: isPastDeadline},

	// What the family would like.
	{Act: "preference.read", commandsAndTables: "SELECT preference", roles: "commissioner approver", rows: ofAuthority},
	{Act: "preference.read", commandsAndTables: "SELECT preference", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},
	{Act: "preference.read", commandsAndTables: "SELECT preference", roles: "family", rows: givenWithCode},
	{Act: "preference.enter", commandsAndTables: "INSERT preference", roles: "commissioner", rows: ofAuthority},
	{Act: "preference.give", commandsAndTables: "INSERT preference", roles: "family", rows: invitedToPrefer},
	{Act: "preference.answer", commandsAndTables: "UPDATE preference", roles: "commissioner", rows: ofAuthority},
	{Act: "preference.answer", commandsAndTables: "UPDATE preference", roles: consortiumOfficer, rows: delegatesTo("EVALUATE")},

	// What was decided on a school that a family asks to have named; the family is told in the same act.
	{Act: "naming.read", commandsAndTables: "SELECT naming", roles: "commissioner approver", rows: ofAuthority},
	{Act: "naming.decide", commandsAndTables: "INSERT naming", roles: "commissioner", rows: ofAuthority},
	{Act: "naming.decide", commandsAndTables: "UPDATE preference", roles: "commissioner", rows: ofAuthority},

	// No award is an outcome, of which every bidder is told.
	{Act: "no_award.read", commandsAndTables: "SELECT no_award", roles: "commissioner approver", rows: ofAuthority},
	{Act: "no_award.read", commandsAndTables: "SELECT no_award", roles: consortiumOfficer, rows: delegatesTo("AWARD")},
	{Act: "no_award.end", commandsAndTables: "INSERT no_award letter", roles: "commissioner", rows: ofAuthority},
	{Act: "no_award.end", commandsAndTables: "INSERT no_award letter", roles: consortiumOfficer, rows: delegatesTo("AWARD")},

	// Another route than the competition: who proposes and who approves a place by it, on what it rests, and what is spent by each.
	{Act: "route.take", commandsAndTables: "INSERT award award_grounds basis", roles: "commissioner", rows: ofAuthority},
	{Act: "route.take", commandsAndTables: "INSERT provider", roles: "commissioner", rows: everyRow},
	{Act: "route.approve", commandsAndTables: "UPDATE award", roles: "approver", rows: ofAuthority},
	{Act: "route.approve", commandsAndTables: "INSERT placement", roles: "approver", rows: bothFilters(ofAuthority, ofApprovedRoute)},
	{Act: "route.approve", commandsAndTables: "INSERT agreement", roles: "approver", rows: ofAuthority},
	{Act: "route.sign", commandsAndTables: "UPDATE agreement", roles: "commissioner", rows: ofAuthority},
	{Act: "urgent.broadcast", commandsAndTables: "INSERT need need_ceiling invitation", roles: "commissioner", rows: ofAuthority},
	{Act: "telephone_offer.read", commandsAndTables: "SELECT telephone_offer", roles: "commissioner approver", rows: ofAuthority},
	{Act: "telephone_offer.read", commandsAndTables: "SELECT telephone_offer", roles: bidsManager, rows: ofProvider},
	{Act: "telephone_offer.enter", commandsAndTables: "INSERT telephone_offer", roles: "commissioner", rows: ofAuthority},
	{Act: "telephone_offer.complete", commandsAndTables: "UPDATE telephone_offer", roles: "commissioner", rows: ofAuthority},
	{Act: "telephone_offer.confirm", commandsAndTables: "UPDATE telephone_offer", roles: bidsManager, rows: ofProvider},
	{Act: "basis.read", commandsAndTables: "SELECT basis", roles: "commissioner approver", rows: ofAuthority},
	{Act: "spending.read", commandsAndTables: "SELECT spending", roles: "commissioner approver auditor", rows: ofAuthority},

	// Award, letters, placement, agreement: a provider learns of an award once it is approved.
	{Act: "award.read", commandsAndTables: "SELECT award", roles: "commissioner approver", rows: ofAuthority},
	{Act: "award.read", commandsAndTables: "SELECT award", roles: consortiumOfficer, rows: delegatesTo("AWARD")},
	{Act: "award.read", commandsAndTables: "SELECT award", roles: bidsManager, rows: bothFilters(ofProvider, isApproved)},
	{Act: "award.read", commandsAndTables: "SELECT award", roles: "worker", rows: everyRow},
	{Act: "award.propose", commandsAndTables: "INSERT award award_grounds", roles: "commissioner", rows: ofAuthority},
	{Act: "award.propose", commandsAndTables: "INSERT award award_grounds", roles: consortiumOfficer, rows: delegatesTo("AWARD")},
	{Act: "award.withdraw", commandsAndTables: "UPDATE award", roles: "commissioner", rows: ofAuthority},
	{Act: "award.withdraw", commandsAndTables: "UPDATE award", roles: consortiumOfficer, rows: delegatesTo("AWARD")},
	{Act: "award_grounds.read", commandsAndTables: "SELECT award_grounds", roles: "commissioner approver", rows: ofAuthority},
	{Act: "award_grounds.read", commandsAndTables: "SELECT award_grounds", roles: consortiumOfficer, rows: delegatesTo("AWARD")},
	{Act: "award.approve", commandsAndTables: "UPDATE award", roles: "approver", rows: ofAuthority},
	{Act: "award.approve", commandsAndTables: "INSERT letter", roles: "approver", rows: ofAuthority},
	{Act: "award.reject", commandsAndTables: "UPDATE award", roles: "approver", rows: ofAuthority},
	{Act: "award.lapse", commandsAndTables: "UPDATE award", roles: "worker", rows: everyRow},
	{Act: "award.respond", commandsAndTables: "UPDATE award", roles: bidsManager, rows: bothFilters(ofProvider, isApproved)},
	{Act: "award.respond", commandsAndTables: "INSERT placement", roles: bidsManager, rows: bothFilters(ofProvider, ofApprovedAward)},
	{Act: "award.respond", commandsAndTables: "INSERT agreement", roles: bidsManager, rows: ofProvider},
	{Act: "letter.read", commandsAndTables: "SELECT letter", roles: "commissioner approver", rows: ofAuthority},
	{Act: "letter.read", commandsAndTables: "SELECT letter", roles: consortiumOfficer, rows: delegatesTo("AWARD")},
	{Act: "letter.read", commandsAndTables: "SELECT letter", roles: bidsManager, rows: ofProvider},
	{Act: "placement.read", commandsAndTables: "SELECT placement", roles: "commissioner safeguarding_lead", rows: ofAuthority},
	{Act: "placement.read", commandsAndTables: "SELECT placement", roles: consortiumOfficer, rows: delegatesTo("MANAGE")},
	{Act: "placement.read", commandsAndTables: "SELECT placement", roles: bidsManager, rows: ofProvider},
	{Act: "placement.start", commandsAndTables: "UPDATE placement", roles: "commissioner", rows: ofAuthority},
	{Act: "placement.start", commandsAndTables: "UPDATE placement", roles: consortiumOfficer, rows: delegatesTo("MANAGE")},
	{Act: "placement.end", commandsAndTables: "UPDATE placement", roles: "commissioner", rows: ofAuthority},
	{Act: "placement.end", commandsAndTables: "UPDATE placement", roles: consortiumOfficer, rows: delegatesTo("MANAGE")},
	{Act: "placement.cancel", commandsAndTables: "UPDATE placement", roles: "commissioner", rows: ofAuthority},
	{Act: "placement.cancel", commandsAndTables: "UPDATE placement", roles: consortiumOfficer, rows: delegatesTo("MANAGE")},
	{Act: "placement.notify", commandsAndTables: "UPDATE placement", roles: bidsManager, rows: ofProvider},
	{Act: "agreement.read", commandsAndTables: "SELECT agreement", roles: "commissioner", rows: ofAuthority},
	{Act: "agreement.read", commandsAndTables: "SELECT agreement", roles: consortiumOfficer, rows: delegatesTo("MANAGE")},
	{Act: "agreement.read", commandsAndTables: "SELECT agreement", roles: bidsManager, rows: ofProvider},
	{Act: "agreement.sign", commandsAndTables: "UPDATE agreement", roles: "commissioner", rows: ofAuthority},
	{Act: "agreement.sign", commandsAndTables: "UPDATE agreement", roles: consortiumOfficer, rows: delegatesTo("MANAGE")},
	{Act: "agreement.sign", commandsAndTables: "UPDATE agreement", roles: bidsManager, rows: ofProvider},
	{Act: "setting.link", commandsAndTables: "UPDATE setting", roles: "market_manager", rows: leadsAMarket},
	{Act: "setting.link", commandsAndTables: "INSERT setting_link", roles: "market_manager", rows: leadsAMarket},
	{Act: "setting_link.read", commandsAndTables: "SELECT setting_link", roles: "market_manager", rows: leadsAMarket},
	{Act: "setting.import", commandsAndTables: "INSERT UPDATE setting inspection outcode", roles: "importer", rows: everyRow},
	{Act: "setting.import", commandsAndTables: "INSERT below_standard", roles: "importer", rows: everyRow},
	{Act: "address.import", commandsAndTables: "INSERT UPDATE setting_address", roles: "importer", rows: everyRow},
	{Act: "address.read", commandsAndTables: "SELECT setting_address", roles: "importer", rows: everyRow},
	{Act: "address.read", commandsAndTables: "SELECT setting_address", roles: bidsManager, rows: ofProvider},
	{Act: "address.read", commandsAndTables: "SELECT setting_address", roles: "commissioner", rows: whereAwarded},

	// Families, and what they say: the safeguarding lead first; ratings wait unread.
	{Act: "family_invitation.read", commandsAndTables: "SELECT family_invitation", roles: "commissioner", rows: ofAuthority},
	{Act: "family_invitation.read", commandsAndTables: "SELECT family_invitation", roles: "family", rows: withCode},
	{Act: "family_invitation.send", commandsAndTables: "INSERT family_invitation", roles: "commissioner", rows: ofAuthority},
	{Act: "family_invitation.use", commandsAndTables: "UPDATE family_invitation", roles: "family", rows: withCode},
	{Act: "feedback.give", commandsAndTables: "INSERT rating_waiting", roles: "family", rows: invitedToFeedBack},
	{
		Act: "feedback.give", commandsAndTables: "INSERT feedback_words", roles: "family",
		rows: bothFilters(invitedToFeedBack, ofPlacementInvitedTo),
	},
	{Act: "words.read", commandsAndTables: "SELECT feedback_words", roles: "safeguarding_lead", rows: ofAuthority},
	{Act: "words.read", commandsAndTables: "SELECT feedback_words", roles: "commissioner", rows: bothFilters(ofAuthority, isReleased)},
	{Act: "words.read", commandsAndTables: "SELECT feedback_words", roles: bidsManager, rows: bothFilters(ofProvider, isReleased)},
	{Act: "words.decide", commandsAndTables: "UPDATE feedback_words", roles: "safeguarding_lead", rows: ofAuthority},
	{Act: "words.decide", commandsAndTables: "INSERT words_decision", roles: "safeguarding_lead", rows: ofAuthority},
	{Act: "words_decision.read", commandsAndTables: "SELECT words_decision", roles: "safeguarding_lead", rows: ofAuthority},
	{Act: "rating.mix", commandsAndTables: "SELECT DELETE rating_waiting", roles: "worker", rows: everyRow},
	{Act: "rating.mix", commandsAndTables: "INSERT rating", roles: "worker", rows: everyRow},

	// What has come due: the clock alerts those who act in the capacity that it concerns.
	{
		Act: "alert.read", commandsAndTables: "SELECT alert", roles: "market_manager safeguarding_lead commissioner approver " + evaluatingRoles,
		rows: bothFilters(ofAuthority, inOwnCapacity),
	},
	{Act: "alert.read", commandsAndTables: "SELECT alert", roles: bidsManager, rows: ofProvider},
	{Act: "alert.read", commandsAndTables: "SELECT alert", roles: evaluatingRoles, rows: bothFilters(appointedToNeed, inOwnCapacity)},
	{Act: "alert.read", commandsAndTables: "SELECT alert", roles: consortiumOfficer, rows: delegatesDutyOf},
	{Act: "alert.wake", commandsAndTables: "SELECT INSERT UPDATE alert", roles: "worker", rows: everyRow},
	{Act: "alert.close", commandsAndTables: "SELECT UPDATE alert", roles: "worker", rows: everyRow},
}

// HasAct says whether a role has an act at all.
func HasAct(role policy.Role, act policy.Act) bool {
	return slices.ContainsFunc(Rights, func(r Right) bool { return r.Act == act && slices.Contains(strings.Fields(r.roles), string(role)) })
}

// rowsOfGroup are the rows on which each group's people may act, one entry a right.
var rowsOfGroup = func() map[Group][]rowFilter {
	all := map[Group][]rowFilter{}
	for _, r := range Rights {
		for _, role := range strings.Fields(r.roles) {
			for _, of := range r.tableUses() {
				g := Group{policy.Role(role), of.Command, of.Table}
				all[g] = append(all[g], r.rows)
			}
		}
	}
	return all
}()

// tableUses are the commands on tables that a right is to.
func (r Right) tableUses() (all []policy.TableUse) {
	var commands []policy.Command
	for _, word := range strings.Fields(r.commandsAndTables) {
		if word == strings.ToUpper(word) {
			commands = append(commands, policy.Command(word))
			continue
		}
		for _, c := range commands {
			all = append(all, policy.TableUse{Table: word, Command: c})
		}
	}
	return all
}

// HasCommand says whether a role can use a command of a table at all.
func HasCommand(role policy.Role, command policy.Command, table string) bool {
	return len(rowsOfGroup[Group{role, command, table}]) > 0
}
