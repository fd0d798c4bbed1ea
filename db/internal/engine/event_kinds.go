package engine

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/southeasttogether/dps/policy"
)

// eventKind is what the events of an act may say: names of what changed, never values of it, never personal data. The log is read by
// auditors, rivals in their own chains, and machines: a name that is not listed here is not written.
type eventKind struct {
	names  []string
	choice *regexp.Regexp // names that are made of a choice; nil where there are none
}

func says(names ...string) eventKind { return eventKind{names: names} }

// or adds names that are made of a choice of the schema.
func (k eventKind) or(choice *regexp.Regexp) eventKind {
	k.choice = choice
	return k
}

var (
	oneOfEnum    = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)             // a stage, a capacity, a purpose, a route
	openedStage  = regexp.MustCompile(`^opened [A-Z]+$`)               // what was opened with the last declaration
	fieldOfNeed  = regexp.MustCompile(`^[a-z]+([A-Z][a-z]+)*$`)        // what an amendment changed
	daysBefore   = regexp.MustCompile(`^[0-9]+ days$`)                 // how long before evidence runs out
	importedFile = regexp.MustCompile(`^(settings [a-z_]+|outcodes)$`) // what an import wrote
	side         = regexp.MustCompile(`^(authority|provider)_signed_at$`)
)

// eventKinds are all events, by the acts that they record.
var eventKinds = map[policy.Act]eventKind{
	"setting.link":             says("provider_id", "unlinked", "handed_over"),
	"address.read":             says("viewed"),
	"setting.import":           says().or(importedFile),
	"region.found":             says("founded"),
	"market.establish":         says("established"),
	"question.word":            says("words"),
	"access.end":               says("revoked"),
	"log.resume":               says("resumed"),
	"retention.set":            says("days").or(oneOfEnum),
	"idempotency.remove":       says("removed"),
	"family_invitation.remove": says("removed"),
	"event.thin":               says("heads"),
	"evidence.remove":          says("removed"),
	"registration.submit":      says("created"),
	"registration.withdraw":    says("withdrawn_at"),
	"registration.decide":      says("decision", "reason"),
	"contact.keep":             says("contacts"),
	"vacancy.declare":          says("vacancies"),
	"setting.declare":          says("declared_needs"),
	"search.save":              says("filter"),
	"search.remove":            says("removed"),
	"notice.publish":           says("notice"),
	"lot.create":               says("created"),
	"lot.publish":              says("published_at"),
	"lot.ask":                  says("evidence"),
	"application.submit":       says("created"),
	"application.ask":          says("question"),
	"application.answer":       says("answer"),
	"application.extend":       says("decide_by"),
	"application.withdraw":     says("withdrawn_at"),
	"application.decide":       says("decision", "reasons"),
	"application.appeal":       says("appeal"),
	"application.review":       says("appeal", "decision"),
	"evidence.record":          says("recorded"),
	"evidence.reject":          says("rejected_at"),
	"evidence.upload":          says("upload_link", "file"),
	"evidence.view":            says("viewed"),
	"evidence.warn":            says().or(daysBefore),
	"membership.suspend":       says("history"),
	"membership.remove":        says("history"),
	"membership.answer":        says("history"),
	"membership.leave":         says("history"),
	"membership.lapse":         says("lapsed_at"),
	"renewal.ask":              says("renewal"),
	"need.create":              says("created"),
	"need.amend":               says("amended_at", "ceilingWeekly", "adjusted_at").or(fieldOfNeed),
	"need.link":                says("linked", "unlinked"),
	"need.discard":             says("discarded"),
	"redaction.make":           says("redacted"),
	"need.publish":             says("published_at", "deadline"),
	"need.withdraw":            says("withdrawn_at"),
	"need.close":               says("closed_at"),
	"joint.publish":            says("published_at", "deadline"),
	"urgent.broadcast":         says("created", "published_at", "urgent_reason"),
	"area.approve":             says("area_approval"),
	"ehc.record":               says("ehc"),
	"identity.record":          says("identity"),
	"identity.read":            says("viewed").or(oneOfEnum),
	"appointment.make":         says("appointment").or(oneOfEnum),
	"appointment.end":          says("appointment", "ended_at"),
	"interest.declare":         says("interest").or(openedStage),
	"invitation.answer":        says("answer"),
	"invitation.chase":         says("chased"),
	"clarification.ask":        says("question"),
	"clarification.answer":     says("answer", "corrected"),
	"offer.submit":             says("version"),
	"offer.withdraw":           says("withdrawn_at"),
	"offer.read":               says(), // a look before the opening: the event itself says it
	"offer.open":               says("opening_approval", "opened").or(oneOfEnum),
	"suitability.assess":       says("suitability"),
	"score.give":               says("score"),
	"score.lock":               says("locked_at"),
	"moderation.agree":         says("moderation"),
	"moderation.lock":          says("quality_locked_at"),
	"price_query.ask":          says("asked_at"),
	"price_query.answer":       says("answered_at"),
	"price_query.decide":       says("decided_at", "ranking"),
	"family_invitation.send":   says("created"),
	"preference.enter":         says("words"),
	"preference.give":          says("words"),
	"preference.answer":        says("effect"),
	"naming.decide":            says("naming", "effect"),
	"telephone_offer.enter":    says("telephone_offer"),
	"telephone_offer.confirm":  says("confirmed_at", "disputed_at"),
	"telephone_offer.complete": says("confirmed_at", "paper"),
	"award.propose":            says("proposed"),
	"award.approve":            says("approved_at", "letters"),
	"award.reject":             says("rejected_at"),
	"award.withdraw":           says("withdrawn_at"),
	"award.respond":            says("accepted_at", "placement", "declined_at"),
	"award.lapse":              says("lapsed_at"),
	"award_notice.record":      says("award_notice"),
	"no_award.end":             says("no_award", "letters"),
	"panel.record":             says("panel"),
	"route.take":               says("proposed").or(oneOfEnum),
	"route.approve":            says("approved_at", "accepted_at", "placement"),
	"route.sign":               says("provider_signed_at", "paper"),
	"placement.start":          says("started_at", "started_on"),
	"placement.end":            says("ended_on", "correction", "end_withdrawn"),
	"placement.cancel":         says("cancelled_at"),
	"placement.notify":         says("notice"),
	"agreement.sign":           says().or(side),
	"feedback.give":            says("used_at"),
	"words.decide":             says("decision").or(oneOfEnum),
	"rating.mix":               says("rating"),
	"delegation.give":          says().or(oneOfEnum),
	"delegation.withdraw":      says("withdrawn_at"),
	"partnership.admit":        says("joined_on"),
	"partnership.end":          says("left_on"),
	"partnership.move":         says("kind", "consortium_id", "delegations"),
	"succession.announce":      says("succession", "left_on"),
	"succession.cancel":        says("succession", "left_on"),
	"succession.allocate":      says("allocated_at"),
	"succession.complete":      says("completed_at"),
	"alert.wake":               says().or(oneOfEnum),
	"alert.close":              says().or(oneOfEnum),
}

// requireDeclared refuses to write an event that is not listed: a mistake in the program.
func requireDeclared(act policy.Act, changed []string) error {
	kind, ok := eventKinds[act]
	if !ok {
		return fmt.Errorf("%s has no line in eventKinds: say what its events say", act)
	}
	for _, name := range changed {
		if !slices.Contains(kind.names, name) && (kind.choice == nil || !kind.choice.MatchString(name)) {
			return fmt.Errorf("an event of %s says %q, which its line in eventKinds does not", act, name)
		}
	}
	return nil
}
