package years_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/demo/demotest"
	"github.com/southeasttogether/dps/demo/years"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// livedRegion is a region in which two months are lived. So few answers are enough for a figure as two months can bring.
type livedRegion struct {
	*demotest.World
	t     *testing.T
	lived years.Summary
}

// firstDay is when the market of a test is founded: a day to come, because a clock is only moved forward, and the same for every run.
var firstDay = time.Date(2035, time.January, 8, 9, 0, 0, 0, time.UTC)

func liveSpan(t *testing.T, start time.Time, span time.Duration) livedRegion {
	t.Helper()
	region := demo.Region(start)
	region.Markets[0].FeedbackMinimum = 3
	for i := range region.Settings {
		region.Settings[i].Section41 = new(region.Settings[i].Kind == market.SettingSchool && i%8 == 0)
	}
	w := demotest.NewWithRegion(t, region)
	if err := w.SetClock(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	importer := w.Open(t, "dps_importer")
	life := years.Life{
		World: w.World, Span: span, Seed: 1,
		Wake: func(ctx context.Context) error {
			_, err := record.Work(ctx, w.Worker)
			return err
		},
		Inspect: func(ctx context.Context, urn, found string, on time.Time) error {
			return years.ImportInspection(ctx, importer, urn, found, on)
		},
	}
	lived, err := life.Live(t.Context())
	if err != nil {
		t.Fatalf("after %d requests: %v", lived.Requests, err)
	}
	if lived, err := life.Lived(t.Context()); err != nil || !lived {
		t.Errorf("the years are not known as lived: %v", err)
	}
	return livedRegion{w, t, lived}
}

// TestTwoMonthsFillEveryList: two months leave something to see in every list, alert and figure, and a whole log.
func TestTwoMonthsFillEveryList(t *testing.T) {
	l := liveSpan(t, firstDay, 60*24*time.Hour)
	t.Logf("%d requests: %v", l.lived.Requests, l.lived.Changes)
	l.checkLists()
	l.checkKinds()
	found, err := ledger.VerifyLog(t.Context(), l.AdminURL, l.Keyring.PublicKeys())
	if err != nil || len(found.Faults) > 0 || found.Unsealed > 0 || found.Events < int64(l.lived.Requests/2) {
		t.Errorf("the log: %d events, %d unsealed, faults %v, %v", found.Events, found.Unsealed, found.Faults, err)
	}
}

func syntheticPerson(authority string, capacity policy.Role) demo.Persona {
	return demo.Persona{Key: "synthetic." + string(capacity), Organisation: demo.OrganisationID(authority), Capacity: capacity}
}

// countSeen asks somebody and counts the things at the end of a path, through every list on the way.
func (l livedRegion) countSeen(who demo.Persona, query, path string) int {
	l.t.Helper()
	reply := l.Ask(l.t, who, query, nil)
	if len(reply.Errors) > 0 {
		l.t.Errorf("%s: %s: %s", who, query, reply.Errors[0].Message)
		return 0
	}
	at := []demo.Value{reply.Data}
	for step := range strings.FieldsSeq(path) {
		var next []demo.Value
		for _, v := range at {
			inside := v.At(step)
			if all := inside.All(); len(all) > 0 {
				next = append(next, all...)
			} else if inside.Exists() && !inside.IsList() {
				next = append(next, inside)
			}
		}
		at = next
	}
	return len(at)
}

// checkLists: every list of the service, and what belongs to its things, has rows for somebody. Figures have none yet: three children of
// one provider have to be asked in one term, which two months bring only by chance.
func (l livedRegion) checkLists() {
	l.t.Helper()
	kent, manager, provider := syntheticPerson("Kent", policy.Commissioner), demo.MarketManager, demo.Bidder(3)
	for _, c := range []struct {
		who         demo.Persona
		list, inner string // what is selected of its nodes, and what of that has to be there for one of them
	}{
		{demo.Public, "markets", "notices { reference }"},
		{
			demo.Public, "places",
			"setting { declared { free } }",
		},
		{manager, "applications", "questions { answer }"},
		{manager, "applications", "appeal { upheld }"},
		{manager, "applications", "extensionReason"},
		{manager, "alerts", "words"},
		{syntheticPerson("Croydon", policy.Commissioner), "organisations", "delegations { act }"},
		{kent, "needs", "invitations { reason }"},
		{kent, "needs", "silent { chases { words } }"},
		{kent, "needs", "clarifications { answer }"},
		{kent, "needs", "preferences { effect }"},
		{kent, "needs", "interests { person }"},
		{kent, "needs", "ehc { planDue }"},
		{kent, "needs", "panel { education }"},
		{kent, "placements", "agreement { weekly }"},
		{kent, "awardNotices", "dueOn"},
		{kent, "needs", "awards { notices { reference } }"},
		{kent, "savedSearches", "name"},
		{kent, "alerts", "words"},
		{syntheticPerson("Kent", policy.OpeningOfficer), "alerts", "words"},
		{
			syntheticPerson("Kent", policy.SafeguardingLead),
			"feedbackWords", "decision",
		},
		{syntheticPerson("Kent", policy.Auditor), "events", "act"},
		{provider, "myOffers", "letters { result }"},
		{
			provider, "needs",
			"changes { reason }",
		},
		{provider, "events", "act"},
		{demo.Officer, "needs", "awards { status }"},
		{demo.Officer, "placements", "status"},
	} {
		path := c.list + " edges node " + strings.NewReplacer("{", "", "}", "").Replace(c.inner)
		if n := l.countSeen(c.who, fmt.Sprintf("{ %s(first: 50) { edges { node { %s } } } }", c.list, c.inner), path); n == 0 {
			l.t.Errorf("%s sees nothing at %s", c.who, path)
		}
	}
	if n := l.countSeen(demo.Bidder(2), "{ toDo { kind } }", "toDo"); n == 0 {
		l.t.Error("a provider has nothing to do")
	}
}

// checkKinds: each coded reason, each outcome and each alert that two months can bring has come up.
func (l livedRegion) checkKinds() {
	l.t.Helper()
	for column, values := range map[string]string{
		"invitation.reason":         "FULL STAFFING MATCHING NEED DISTANCE FEE NOTICE",
		"no_award.reason":           "NO_OFFERS NONE_SUITABLE SCHOOL_NAMED PLACED_OTHERWISE",
		"letter.result":             "AWARDED NOT_AWARDED NOT_SUITABLE NO_AWARD",
		"membership_step.kind":      "ADMITTED SUSPENDED RESTORED REMOVAL_ANNOUNCED REMOVAL_ANSWERED KEPT REMOVED LEFT",
		"feedback_words.decision":   "RELEASED HELD REFERRED",
		"price_query.accepted":      "true false",
		"naming.named":              "true false",
		"offer_price.weeks":         "38 44 52",
		"interest.conflict":         "true false",
		"area_approval.distance":    "DISTANT",
		"application_appeal.upheld": "true false",
		"alert.kind": "APPLICATION_OVERDUE APPLICANT_SILENT REMOVAL_TO_DECIDE RENEWAL_OVERDUE SUSPENSION_ENDED OFFERS_TO_OPEN STANDSTILL_ENDED " +
			"AWARD_UNANSWERED " +
			"PRICE_UNEXPLAINED AREA_UNTOLD SCHOOLS_SILENT FAMILY_HEARD PLAN_DUE",
	} {
		table, name, _ := strings.Cut(column, ".")
		for value := range strings.FieldsSeq(values) {
			var there bool
			if err := l.Admin.QueryRow(fmt.Sprintf("SELECT EXISTS (SELECT FROM dps.%s WHERE %s::text = $1)", table, name),
				value).Scan(&there); err != nil {
				l.t.Fatal(err)
			}
			if !there {
				l.t.Errorf("no %s is %s", column, value)
			}
		}
	}
	for _, what := range []string{
		"sealed_offer WHERE voided_at IS NOT NULL", "sealed_offer WHERE withdrawn_at IS NOT NULL",
		"need WHERE withdrawn_at IS NOT NULL", "need_link", "award WHERE lapsed_at IS NOT NULL",
		"award WHERE declined_at IS NOT NULL", "award WHERE rejected_at IS NOT NULL",
		"award WHERE standstill_ends IS NULL AND approved_at IS NOT NULL", "placement WHERE started_at IS NOT NULL",
		"rating_waiting", "need_identity", "need_redaction", "placement WHERE ended_on IS NOT NULL",
		"need WHERE recipients_reason IS NOT NULL", "ranking WHERE tie_break IS NOT NULL",
		"inspection", "delegation WHERE withdrawn_at IS NOT NULL", "event WHERE act = 'offer.read'",
	} {
		var n int
		if err := l.Admin.QueryRow("SELECT count(*) FROM dps." + what).Scan(&n); err != nil || n == 0 {
			l.t.Errorf("nothing in %s: %v", what, err)
		}
	}
}
