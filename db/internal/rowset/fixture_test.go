package rowset_test

import (
	"context"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// The tables of these tests: needs with their lots, and their offers with who made them.
var (
	providers = rowset.New[market.Provider]("provider", "p",
		rowset.Columns("id"), rowset.Column("name", "name"), rowset.Column("ukprn", "ukprn"), rowset.Column("company_number", "companyNumber"),
		rowset.Column("charity_number", "charityNumber"),
		rowset.Figure("figures", "(SELECT json_build_array())", "figures"))
	lots = rowset.New[market.Lot]("lot", "l",
		rowset.Columns("id", "authority_id", "market_id", "name", "description", "kind", "shows_count", "age_low", "age_high", "contract",
			"contract_version", "published_at"),
		rowset.Computed("needs", "to_json(l.needs)"), rowset.Join("JOIN procedure p ON p.code = l.procedure"),
		rowset.Columns("p.code", "p.openers", "p.evaluators", "p.moderated", "p.price_last", "p.shows_count"))
	needs = rowset.New[market.Need]("need", "n",
		rowset.Figure("course", "NULL::jsonb", "stage", "nextActs"), rowset.Act("need.read"), rowset.Columns("id", "authority_id", "published_at",
			"closed_at", "opened_at", "quality_locked_at",
			"prices_opened_at", "joint"),
		rowset.Parent("lot", "lot_id", lots), rowset.Column("reference", "reference"), rowset.Column("age_low", "ageLow"),
		rowset.Column("age_high", "ageHigh"),
		rowset.Column("gender", "gender"), rowset.Column("primary_need", "primaryNeed"), rowset.Computed("other_needs", "to_json(n.other_needs)",
			"otherNeeds"),
		rowset.Column("legal_basis", "legalBasis"), rowset.Column("home_outcode", "homeOutcode"), rowset.Column("travel_miles", "travelMiles"),
		rowset.Column("start_from", "startFrom"), rowset.Column("start_to", "startTo"), rowset.Column("profile", "profile"),
		rowset.Column("outcomes", "outcomes"),
		rowset.Computed("restricted", "n.recipients_reason IS NOT NULL", "restricted"), rowset.Column("amended_at", "amendedAt"),
		rowset.Column("withdrawn_at", "withdrawnAt", "status"), rowset.Column("withdraw_reason", "withdrawReason"),
		rowset.Column("created_at", "createdAt"),
		rowset.Column("deadline", "deadline", "status"), rowset.Column("questions_until", "questionsUntil"),
		rowset.Column("urgent_reason", "urgentReason"),
		rowset.Column("invited", "invitedCount"), rowset.Column("ranked_at", "status"), rowset.Computed("stated", "coalesce(n.rules, '[]')",
			"rules"),
		rowset.Computed("as_of", "(SELECT dps.now())", "status"))
	offers = rowset.New[market.Offer]("offer", "o",
		rowset.Act("offer.read"), rowset.Columns("id", "need_id", "authority_id", "provider_id", "version"),
		rowset.Parent("need", "need_id", needs),
		rowset.Parent("provider", "provider_id", providers), rowset.Column("setting_id", "setting"), rowset.Column("received_at", "receivedAt"),
		rowset.Column("receipt", "receipt"), rowset.Column("starts_on", "startsOn"), rowset.Column("places", "places"),
		rowset.Column("needs_met", "needsMet"),
		rowset.Column("outcomes_met", "outcomesMet"), rowset.Column("assumptions", "assumptions"), rowset.Elsewhere("withdrawn_at", "voided_at",
			"price"))
	needsByAge    = rowset.Pages[market.Need]{Table: needs, Name: "needs", Order: []string{"created_at", "id"}, Desc: true}
	offersOfNeeds = rowset.Children(needs, "offers", offers, "need_id",
		rowset.Order{SQL: "(SELECT r.rank FROM ranking r WHERE r.offer_id = o.id AND r.superseded_at IS NULL)", Act: "ranking.read"},
		rowset.Order{SQL: "o.id"})
)

// world is a market in bulk.
type world struct {
	*dbtest.Database
	pool      *session.Pool
	authority uuid.UUID
	sent      []string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{Database: dbtest.New(t)}
	w.Load(t, demo.Region(time.Now()))
	bulk, err := os.ReadFile("testdata/market.sql")
	must(t, err)
	_, err = w.Admin.Exec(string(bulk))
	must(t, err)
	must(t, w.Admin.QueryRow("SELECT id FROM synthetic.authority WHERE seq = 3").Scan(&w.authority))
	connector, err := pq.NewConnector(postgrestest.Server(t).URL("dps_api", w.Name) +
		"&search_path=dps&binary_parameters=yes&plan_cache_mode=force_generic_plan&jit=off")
	must(t, err)
	w.pool, err = session.Open(connector, time.Minute, func(_ context.Context, text string) { w.sent = append(w.sent, text) })
	must(t, err)
	w.pool.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = w.pool.Close() })
	return w
}

func (w *world) officer() policy.Actor {
	return policy.Actor{Person: "synthetic.commissioner", Role: policy.Commissioner, Organisation: w.authority, Epoch: 1}
}

// view is what somebody reads, with a selection.
func (w *world) view(a policy.Actor, s *rowset.Selection) *rowset.View {
	organisation := ""
	if a.Organisation != uuid.Nil {
		organisation = a.Organisation.String()
	}
	v := rowset.NewView(rowset.Reader{
		Pool: w.pool, Context: a.Context(), Cursors: w.Keyring, Explain: func(err error) error { return err },
		Caller: session.Caller{
			Role: a.Role.Database(), Person: a.Person, Organisation: organisation, CodeHash: hex.EncodeToString(a.Invitation),
			Epoch: int64(a.Epoch),
		},
		Can: func(act policy.Act) bool { return w.Policy.Can(a.Role, act) },
	})
	if s != nil {
		v.Select(s)
	}
	return v
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// selecting is a selection of fields, each as "Type.field".
func selecting(fields ...string) *rowset.Selection {
	all := map[string]map[string]bool{}
	for _, f := range fields {
		typ, field, _ := strings.Cut(f, ".")
		if all[typ] == nil {
			all[typ] = map[string]bool{}
		}
		all[typ][field] = true
	}
	return rowset.NewSelection(all)
}
