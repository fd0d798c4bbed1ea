package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestRedactNeedTakesWordsOutForEverybody: a name that was published is taken out of every text of the need at once, after the deadline
// too. Offers stay. The words are nowhere any more, in no table, and providers are not told that there were any.
func TestRedactNeedTakesWordsOutForEverybody(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2))
	by := demo.Commissioner
	need := s.draftNeed(by, fields{"profile": "Synthetic: quillhorn likes to draw.", "outcomes": "Synthetic: quillhorn feels safe."})
	s.mustChange(by, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be.",
	}, "")
	s.mustChange(by, "chaseInvitations", fields{"need": need, "words": "Synthetic: QUILLHORN waits."}, "")
	s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	recorded := s.tryChange(by, "recordIdentity", s.identityInput(need), "need { textsWithNames } ")
	if len(recorded.At("need.textsWithNames").All()) != 3 || recorded.code != "IDENTIFIES_CHILD" {
		t.Fatalf("texts with names: %v", recorded.Value)
	}
	redact := func(more fields) fields {
		in := fields{"need": need, "words": "Quillhorn", "replacement": `the child \1`, "reason": "Synthetic: a name was published."}
		for name, value := range more {
			in[name] = value
		}
		return in
	}
	s.requireRefused("NOT_FOUND", demo.Neighbour, "redactNeed", redact(nil))
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "redactNeed", redact(nil))
	s.requireRefused("INVALID", by, "redactNeed", redact(fields{"words": "Zimbelmann"}))
	s.requireRefused("INVALID", by, "redactNeed", redact(fields{"words": ".*"}))
	s.requireRefused("IDENTIFIES_CHILD", by, "redactNeed", redact(fields{"reason": "Synthetic: I wrote Quillhorn."}))
	s.requireRefused("IDENTIFIES_CHILD", by, "redactNeed", redact(fields{"reason": "Synthetic: it was about Zelda."}))
	s.requireRefused("IDENTIFIES_CHILD", by, "redactNeed", redact(fields{"replacement": "Zelda"}))

	once := redact(fields{"idempotencyKey": s.newKey()})
	for range 2 {
		done := s.mustChange(by, "redactNeed", once, "need { profile textsWithNames redactions { reason texts } }").At("need")
		if done.At("profile").Text() != `Synthetic: the child \1 likes to draw.` || len(done.At("textsWithNames").All()) != 0 ||
			len(done.At("redactions").All()) != 1 || len(done.At("redactions.0.texts").All()) != 3 {
			t.Errorf("redacted: %v", done)
		}
	}
	seen := s.readNode(bidsManagerOf(1), "Need", need, "profile outcomes invitations { chases { words } }")
	if seen.At("outcomes").Text() != `Synthetic: the child \1 feels safe.` ||
		seen.At("invitations.0.chases.0.words").Text() != `Synthetic: the child \1 waits.` {
		t.Errorf("a provider reads %v", seen)
	}
	told := s.sendQuery(t, bidsManagerOf(1), "query($id: ID!) { node(id: $id) { ... on Need { redactions { reason } } } }", fields{"id": need})
	if len(told.Errors) != 1 || told.Errors[0].Extensions.Code != "FORBIDDEN" {
		t.Errorf("a provider is told of a redaction: %s", told.Raw)
	}
	if s.countRows("sealed_offer WHERE need_id = $1 AND voided_at IS NULL AND withdrawn_at IS NULL", uuidOf(t, need)) != 1 {
		t.Error("the offer did not stay")
	}
	s.requireInNoTable(t, "quillhorn")
	if n := s.countRows("event WHERE act = 'redaction.make' AND changed = '{redacted}'"); n != 1 {
		t.Errorf("%d events", n)
	}
}

// requireInNoTable looks in every table for words, in every column.
func (s *scene) requireInNoTable(t *testing.T, words string) {
	t.Helper()
	var tables []string
	rows, err := s.Admin.Query("SELECT relname FROM pg_class WHERE relnamespace = 'dps'::regnamespace AND relkind = 'r'")
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var table string
		must(t, rows.Scan(&table))
		tables = append(tables, table)
	}
	must(t, rows.Err())
	for _, table := range tables {
		if n := s.countRows(table + " x WHERE lower(x::text) LIKE '%" + strings.ToLower(words) + "%'"); n != 0 {
			t.Errorf("%d rows of %s have the words", n, table)
		}
	}
}

// TestLettersWaitUntilANameIsTakenOut: a score that was written before the child's name was known has it. The letters to bidders would
// repeat it, so that the award is approved only when the name is taken out.
func TestLettersWaitUntilANameIsTakenOut(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(demo.Commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	identity := s.identityInput(need)
	identity["otherNames"] = []string{"Evidenced"} // in each comment on a score
	if got := s.tryChange(demo.Commissioner, "recordIdentity", identity,
		"need { textsWithNames }"); got.At("need.textsWithNames.0").Text() != "SCORE" {
		t.Fatalf("texts with names: %v", got)
	}
	award := s.mustChange(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best offer that is left."},
		"award { id }").At("award.id").Text()
	s.requireRefused("IDENTIFIES_CHILD", kent.approver, "approveAward", fields{"award": award, "standstill": false})
	s.mustChange(demo.Commissioner, "redactNeed", fields{
		"need": need, "words": "well evidenced", "replacement": "shown well", "reason": "Synthetic: a name was written.",
	}, "")
	s.mustChange(kent.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	s.requireInNoTable(t, "evidenced")
}
