package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/market"
)

// giveFamilyRatings makes numbered parents say how a placement goes, each with their own one-time code: ten have a mean
// of 3. Each counts as the parent of another child.
func (s *scene) giveFamilyRatings(told demo.Told, from, to int) {
	s.t.Helper()
	for i := from; i < to; i++ {
		code := s.mustChange(demo.Commissioner, "inviteFamily", fields{
			"kind": "FEEDBACK", "respondent": "PARENT", "need": told.Need,
			"placement": told.Placement,
		}, "code").At("code").Text()
		var ratings []fields
		for q, question := range []string{"WELCOME", "SAFE", "PROGRESS", "TOLD"} {
			ratings = append(ratings, fields{"question": question, "value": 1 + (i+q)%5})
		}
		given, err := s.Client.Do(s.t.Context(), demo.Credential{Authorization: "Invitation " + code},
			mutationDocument("giveFeedback", "received"),
			fields{"input": fields{"ratings": ratings}})
		must(s.t, err)
		if given.Data.At("giveFeedback.received").Text() != "true" {
			s.t.Fatalf("feedback: %s", given.Raw)
		}
		s.execAsAdmin("UPDATE dps.family_invitation SET child_id = gen_random_uuid() WHERE used_at IS NOT NULL")
	}
}

func (s *scene) runWorker() {
	s.t.Helper()
	_, err := record.Work(s.t.Context(), s.Worker)
	must(s.t, err)
}

// readFigures is what a person sees of the figures of a setting and its provider.
func (s *scene) readFigures(setting string) (of, by []demo.Value) {
	s.t.Helper()
	const figures = "figures { question respondent answers mean }"
	seen := s.readNode(demo.Public, "Setting", setting, figures+" provider { "+figures+" }")
	return seen.At("figures").All(), seen.At("provider.figures").All()
}

// TestFeedbackRatingsAreMixedFromTheMinimumOn: nobody sees nine families' ratings. With the tenth there are figures
// over ten.
func TestFeedbackRatingsAreMixedFromTheMinimumOn(t *testing.T) {
	w, told := newTold(t) // one young person answers in it: another kind of respondent, never mixed with parents
	s := w.addScene(t, "MATCHING")
	setting := s.readNode(demo.Commissioner, "Placement", told.Placement, "setting { id }").At("setting.id").Text()
	s.giveFamilyRatings(told, 0, 9)
	s.runWorker()
	if of, by := s.readFigures(setting); len(of) != 0 || len(by) != 0 || s.countRows("rating") != 0 || s.countRows("rating_waiting") != 40 {
		t.Errorf("after nine: %v and %v, %d mixed, %d wait", of, by, s.countRows("rating"), s.countRows("rating_waiting"))
	}
	s.giveFamilyRatings(told, 9, 10)
	if of, _ := s.readFigures(setting); len(of) != 0 {
		t.Errorf("before they are mixed: %v", of)
	}
	s.runWorker()
	of, by := s.readFigures(setting)
	if len(of) != 4 || len(by) != 4 {
		t.Fatalf("after ten: %v and %v", of, by)
	}
	for _, figure := range append(of, by...) {
		if figure.At("answers").Text() != "10" || figure.At("respondent").Text() != "PARENT" ||
			!strings.HasPrefix(figure.At("mean").Text(), "3.0") {
			t.Errorf("figure: %v", figure)
		}
	}
	s.checkUnlinkable(t)
}

// checkUnlinkable: a mixed rating has nothing in common with any other row, and nothing that tells it apart.
func (s *scene) checkUnlinkable(t *testing.T) {
	t.Helper()
	for what, query := range map[string]string{
		"ids of ratings in other tables": `SELECT count(*) FROM dps.rating r JOIN dps.event e ON e.object_id = r.id`,
		"transactions that wrote them":   `SELECT count(DISTINCT xmin::text) - 1 FROM dps.rating`,
		"months":                         `SELECT count(DISTINCT month) - 1 FROM dps.rating`,
		"memories of retries":            `SELECT count(*) FROM dps.idempotency WHERE act IN ('feedback.give', 'rating.mix')`,
		"parents' ratings that wait":     `SELECT count(*) FROM dps.rating_waiting WHERE respondent = 'PARENT'`,
		"words of the mixing": `SELECT count(*) FROM dps.event WHERE act = 'rating.mix' AND (changed <> '{rating}'
			OR once IS NOT NULL)`,
		"words of the giving": `SELECT count(*) FROM dps.event WHERE act = 'feedback.give' AND changed <> '{used_at}'`,
	} {
		var n int
		must(t, s.Admin.QueryRow(query).Scan(&n))
		if n != 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if n := s.countRows("event WHERE act = 'rating.mix'"); n != 1 {
		t.Errorf("%d events of the mixing", n)
	}
	s.checkNoForeignID(t)
}

// checkNoForeignID: no other table contains the id of a mixed rating, whatever its columns are called.
func (s *scene) checkNoForeignID(t *testing.T) {
	t.Helper()
	var ids []uuid.UUID
	found, err := s.Admin.Query("SELECT id FROM dps.rating")
	must(t, err)
	defer found.Close()
	for found.Next() {
		var id uuid.UUID
		must(t, found.Scan(&id))
		ids = append(ids, id)
	}
	must(t, found.Err())
	if len(ids) != 40 {
		t.Fatalf("%d ratings", len(ids))
	}
	for _, table := range s.tableNames(t) {
		var whole string
		must(t, s.Admin.QueryRow(fmt.Sprintf("SELECT coalesce(string_agg(to_jsonb(t)::text, ' '), '') FROM dps.%s t", table)).Scan(&whole))
		for _, id := range ids {
			if table != "rating" && strings.Contains(whole, id.String()) {
				t.Errorf("a mixed rating's id is in %s", table)
			}
		}
		if table == "rating" && (strings.Contains(whole, "placement") || strings.Contains(whole, "invitation") ||
			strings.Contains(whole, "need")) {
			t.Errorf("a rating holds more than it should: %s", whole[:200])
		}
	}
}

// TestFeedbackCodeIsUsedOnce: if a code is used many times at once, each is told that it was received, and one is stored.
func TestFeedbackCodeIsUsedOnce(t *testing.T) {
	w, told := newTold(t)
	s := w.addScene(t, "MATCHING")
	code := s.mustChange(demo.Commissioner, "inviteFamily", fields{
		"kind": "FEEDBACK", "respondent": "PARENT", "need": told.Need,
		"placement": told.Placement,
	}, "code").At("code").Text()
	before := s.countRows("rating_waiting")
	answers := atOnce(20, func(i int) string {
		var ratings []fields
		for _, question := range []string{"WELCOME", "SAFE", "PROGRESS", "TOLD"} {
			ratings = append(ratings, fields{"question": question, "value": 1 + i%5})
		}
		reply, err := s.Client.Do(t.Context(), demo.Credential{Authorization: "Invitation " +
			strings.ToLower(strings.ReplaceAll(code, "-", " "))},
			mutationDocument("giveFeedback", "received"), fields{"input": fields{"ratings": ratings}})
		if err != nil {
			return err.Error()
		}
		return reply.Data.At("giveFeedback.received").Text()
	})
	if answers["true"] != 20 || s.countRows("rating_waiting") != before+4 {
		t.Errorf("answers %v, %d ratings", answers, s.countRows("rating_waiting")-before)
	}
}

// TestReferredWordsAreTakenBackByAnotherPersonOnly: words that were referred, because they may hold a disclosure, are released by another
// safeguarding lead with a reason, or not at all. Each decision is kept, and the log says which it was.
func TestReferredWordsAreTakenBackByAnotherPersonOnly(t *testing.T) {
	w, told := newTold(t)
	s := w.addScene(t, "MATCHING")
	code := s.mustChange(demo.Commissioner, "inviteFamily", fields{
		"kind": "FEEDBACK", "respondent": "PARENT", "need": told.Need, "placement": told.Placement,
	}, "code").At("code").Text()
	var ratings []fields
	for _, question := range []string{"WELCOME", "SAFE", "PROGRESS", "TOLD"} {
		ratings = append(ratings, fields{"question": question, "value": 1})
	}
	for range 2 { // the answer to the first was lost
		given, err := s.Client.Do(t.Context(), demo.Credential{Authorization: "Invitation " + code}, mutationDocument("giveFeedback", "received"),
			fields{"input": fields{"ratings": ratings, "words": "Synthetic: I am afraid at night."}})
		must(t, err)
		if given.Data.At("giveFeedback.received").Text() != "true" {
			t.Fatalf("feedback: %s", given.Raw)
		}
	}
	const list = `{ feedbackWords(first: 5) { edges { node { id words decision decisions { decision reason person } } } } }`
	words := s.readData(demo.Safeguarding, list, nil).At("feedbackWords.edges.0.node.id").Text()
	decide := func(decision string, reason any) fields {
		return fields{"words": words, "decision": decision, "reason": reason}
	}
	another := anotherPerson(demo.Safeguarding, 2)
	s.mustChange(demo.Safeguarding, "decideWords", decide("REFERRED", nil), "")
	s.requireRefused("ALREADY_EXISTS", demo.Safeguarding, "decideWords", decide("REFERRED", nil))
	s.requireRefused("SAME_PERSON", demo.Safeguarding, "decideWords", decide("RELEASED", "Synthetic: a reason."))
	s.requireRefused("SAME_PERSON", demo.Safeguarding, "decideWords", decide("HELD", "Synthetic: a reason."))
	s.requireRefused("INVALID", another, "decideWords", decide("RELEASED", nil))
	s.requireRefused("INVALID", another, "decideWords", decide("RELEASED", "\u200b "))
	for _, node := range s.readData(demo.Winner, "{ feedbackWords(first: 5) { edges { node { id } } } }",
		nil).At("feedbackWords.edges").All() {
		if node.At("node.id").Text() == words {
			t.Fatal("the provider reads referred words")
		}
	}
	s.mustChange(another, "decideWords", decide("RELEASED", "Synthetic: it was a story from a book."), "")
	history := s.readNode(demo.Safeguarding, "FeedbackWords", words, "decision decisions { decision reason person }")
	if got := history.At("decisions").All(); len(got) != 2 || got[0].At("decision").Text() != "RELEASED" ||
		got[0].At("person").Text() != another.Key ||
		got[0].At("reason").Text() != "Synthetic: it was a story from a book." || got[1].At("decision").Text() != "REFERRED" {
		t.Errorf("history: %v", got)
	}
	if got := s.readNode(demo.Winner, "FeedbackWords", words, "words"); got.At("words").Text() == "" {
		t.Errorf("the provider reads %v", got)
	}
	for _, decision := range []string{"REFERRED", "RELEASED"} {
		if n := s.countRows("event WHERE act = 'words.decide' AND object_id = $1 AND changed = ARRAY['decision', $2]",
			uuidOf(t, words), decision); n != 1 {
			t.Errorf("%d events of %s", n, decision)
		}
	}
}

// TestFeedbackCountsAChildOnceATerm: an officer who makes several codes for one family gets one answer of it. A newer code replaces the one
// before, a term has one answer, and a batch has at most one sheet of a child, whatever the terms.
func TestFeedbackCountsAChildOnceATerm(t *testing.T) {
	w, told := newTold(t)
	s := w.addScene(t, "MATCHING")
	s.execAsAdmin("UPDATE dps.market SET feedback_k = 3")
	invited := fields{"kind": "FEEDBACK", "respondent": "PARENT", "need": told.Need, "placement": told.Placement}
	invite := func() string {
		t.Helper()
		delete(invited, "idempotencyKey")
		return s.mustChange(demo.Commissioner, "inviteFamily", invited, "code").At("code").Text()
	}
	give := func(code string) demo.Value {
		t.Helper()
		var ratings []fields
		for _, question := range []string{"WELCOME", "SAFE", "PROGRESS", "TOLD"} {
			ratings = append(ratings, fields{"question": question, "value": 5})
		}
		given, err := s.Client.Do(t.Context(), demo.Credential{Authorization: "Invitation " + code},
			mutationDocument("giveFeedback", "received problems { code message }"), fields{"input": fields{"ratings": ratings}})
		must(t, err)
		return given.Data.At("giveFeedback")
	}
	before := s.countRows("rating_waiting WHERE respondent = 'PARENT'")
	first, second := invite(), invite()
	if got := give(first); got.At("received").Text() != "false" || !strings.Contains(got.At("problems.0.message").Text(), "newer code") {
		t.Errorf("with a code that was replaced: %v", got)
	}
	for range 2 { // the answer to the first was lost
		if got := give(second); got.At("received").Text() != "true" {
			t.Fatalf("feedback: %v", got)
		}
	}
	delete(invited, "idempotencyKey")
	s.requireRefused("ALREADY_EXISTS", demo.Commissioner, "inviteFamily", invited)
	for range 2 {
		s.passTime(market.NextTerm(market.TermOf(s.marketTime())).Sub(s.marketTime()) + time.Hour)
		if got := give(invite()); got.At("received").Text() != "true" {
			t.Fatalf("in the next term: %v", got)
		}
	}
	if n := s.countRows("rating_waiting WHERE respondent = 'PARENT'") - before; n != 12 {
		t.Errorf("%d ratings wait, want those of three sheets", n)
	}
	s.passTime(8 * 31 * 24 * time.Hour)
	s.runWorker()
	if n := s.countRows("rating WHERE respondent = 'PARENT'"); n != 0 {
		t.Errorf("%d ratings of one child are mixed", n)
	}
}
