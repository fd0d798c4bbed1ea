package engine_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// selecting is a view of somebody whose request may be one statement.
func selecting(handle *db.DB, who policy.Actor, s *db.Selection) *db.View {
	v := handle.View(who)
	v.Select(s)
	return v
}

// anything is a selection of which nothing is known yet.
func anything() *db.Selection { return db.NewSelection(nil) }

// twice reads a query, the first time in a transaction of several round trips, and then, on the same connection, in one of one.
func twice[T any](t *testing.T, handle *db.DB, who policy.Actor, query string, args ...any) (first, again []T) {
	t.Helper()
	for i, rows := range []*[]T{&first, &again} {
		v := selecting(handle, who, anything())
		found, err := engine.Rows[T](t.Context(), v, query, args...)
		dbtest.RequireNoError(t, err)
		if i == 1 && !engine.Alone(v) {
			t.Error("not in a transaction of its own")
		}
		dbtest.RequireNoError(t, v.End(t.Context()))
		*rows = found
	}
	return first, again
}

// What PostgreSQL sends in binary form is what it writes as text.
func TestValuesAreThoseOfPostgreSQL(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	random := rand.New(rand.NewPCG(1, 2))
	var numbers []string
	for range 2000 {
		n := strings.TrimLeft(strings.Repeat("0", 3)+digits(random, random.IntN(24)), "0")
		if n == "" {
			n = "0"
		}
		if scale := random.IntN(20); scale > 0 {
			n += "." + strings.Repeat("0", random.IntN(8)) + digits(random, scale)
		}
		if random.IntN(2) == 0 {
			n = "-" + n
		}
		numbers = append(numbers, n)
	}
	numbers = append(numbers, "0", "0.00", "-0.0001", "10000", "100000000", "0.00000001", "1e30", "1e-30", "9999.9999")
	type number struct{ Number, Text string }
	_, read := twice[number](t, alone(f, t), dbtest.ActorAs(policy.Commissioner, f.Kent), "SELECT n AS number, n::text AS text FROM unnest($1::numeric[]) n", "{"+strings.Join(numbers, ",")+"}")
	if len(read) != len(numbers) {
		t.Fatalf("%d of %d numbers", len(read), len(numbers))
	}
	for _, n := range read {
		if n.Number != n.Text {
			t.Errorf("%s became %s", n.Text, n.Number)
		}
	}
}

func digits(random *rand.Rand, n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte('0' + random.IntN(10))
	}
	return string(text)
}

func TestEachTypeIsRead(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	type row struct {
		Small, Whole, Large, Counted int64
		Real                         float64
		Yes, No                      bool
		Plain, Varying, Padded, Name string
		JSON, Binary, ID             string
		Raw                          []byte
		At                           time.Time
		Day                          market.Date
		Weekly                       market.Decimal
		Texts                        market.Texts
		None                         *string
		NoTime                       *time.Time
		UUID                         uuid.UUID `db:"uuid"`
	}
	id := uuid.MustParse("8f78d33a-7f4e-6625-e363-d6c515e7b2b0")
	query := `SELECT (-32768)::int2 AS small, (-2147483648)::int4 AS whole, 9223372036854775807 AS large, 12::numeric AS counted, (-0.1)::float8 AS real, true AS yes, false AS no,
		'synthetic ü'::text AS plain, 'v'::varchar AS varying, 'p'::char(3) AS padded, 'n'::name AS name, '{"a": 1}'::json AS json, '{"a": 1}'::jsonb AS binary,
		'\x00ff01'::bytea AS raw, '1999-12-31 23:59:59.999999+00'::timestamptz AS at, '1987-03-02'::date AS day, 1200.50 AS weekly, to_json(ARRAY['a', 'b']) AS texts,
		NULL::text AS none, NULL::timestamptz AS notime, $1::uuid AS id, $1::uuid AS uuid`
	first, again := twice[row](t, alone(f, t), dbtest.ActorAs(policy.Commissioner, f.Kent), query, id)
	if !reflect.DeepEqual(first, again) || len(again) != 1 {
		t.Fatalf("got %+v, and again %+v", first, again)
	}
	got := again[0]
	if got.Weekly.Text() != "1200.50" || got.Day.String() != "1987-03-02" || !got.At.Equal(time.Date(1999, 12, 31, 23, 59, 59, 999999000, time.UTC)) {
		t.Errorf("got %v, %v, %v", got.Weekly, got.Day, got.At)
	}
	got.Weekly, got.Day, got.At = market.Decimal{}, market.Date{}, time.Time{}
	want := row{Small: math.MinInt16, Whole: math.MinInt32, Large: math.MaxInt64, Counted: 12, Real: -0.1, Yes: true, Plain: "synthetic ü", Varying: "v", Padded: "p  ", Name: "n",
		JSON: `{"a": 1}`, Binary: `{"a": 1}`, ID: id.String(), UUID: id, Raw: []byte{0, 255, 1}, Texts: market.Texts{"a", "b"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	v := f.API.View(dbtest.ActorAs(policy.Commissioner, f.Kent))
	defer func() { dbtest.RequireNoError(t, v.End(t.Context())) }()
	for _, endless := range []string{"'infinity'::timestamptz", "'-infinity'::timestamptz", "'infinity'::date", "now() - now()"} {
		if at, err := engine.Rows[time.Time](t.Context(), v, "SELECT "+endless); err == nil {
			t.Errorf("%s became %v", endless, at)
		}
	}
}

// Whatever an argument says, it stays a value.
func TestArgumentsStayValues(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	type row struct {
		Text, Other *string
		Number      int64
		Yes         bool
		At          time.Time
	}
	handle := alone(f, t)
	for _, text := range []string{"", "it's", `\`, `\' OR true --`, `'); DROP TABLE dps.need; --`, `$1 $$ "x"`, "ü\n\t", `''''`} {
		at := time.Date(2026, 10, 25, 1, 30, 0, 123456000, time.FixedZone("", 3600))
		first, again := twice[row](t, handle, dbtest.ActorAs(policy.Commissioner, f.Kent), "SELECT $1::text AS text, $2::text AS other, $3::bigint AS number, $4::boolean AS yes, $5::timestamptz AS at",
			text, nil, int64(-7), true, at)
		if !reflect.DeepEqual(first, again) || len(again) != 1 || *again[0].Text != text || again[0].Other != nil || again[0].Number != -7 || !again[0].Yes || !again[0].At.Equal(at) {
			t.Errorf("%q: %+v, and again %+v", text, first, again)
		}
	}
	v := selecting(handle, dbtest.ActorAs(policy.Commissioner, f.Kent), anything())
	if rows, err := engine.Rows[string](t.Context(), v, "SELECT $1::text AS text", "zero\x00byte"); err == nil {
		t.Errorf("got %q", rows)
	}
	dbtest.RequireNoError(t, v.End(t.Context()))
}

// A transaction of one round trip reads, as who asks, and leaves nothing behind, whether it succeeds or not.
func TestAskingLeavesNothingBehind(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	handle, who := alone(f, t), dbtest.ActorAs(policy.Commissioner, f.Kent)
	type context struct{ Role, Person, Organisation, Writes string }
	_, as := twice[context](t, handle, who, `SELECT current_user::text AS role, current_setting('dps.person') AS person, current_setting('dps.organisation') AS organisation,
		current_setting('transaction_read_only') AS writes`)
	if len(as) != 1 || as[0] != (context{"dps_commissioner", who.Person, f.Kent.String(), "on"}) {
		t.Errorf("asked as %+v", as)
	}
	clean := func(after string) {
		t.Helper()
		if user, left, err := engine.Left(t.Context(), handle); err != nil || user != "dps_api" || left != "off" {
			t.Errorf("after %s the connection is left with %s, %q, %v", after, user, left, err)
		}
	}
	clean("an answer")
	divide := "SELECT 1 / $1::int AS n"
	twice[int](t, handle, who, divide, int64(1))
	v := selecting(handle, who, anything())
	if _, err := engine.Rows[int](t.Context(), v, divide, int64(0)); err == nil {
		t.Error("divided by nothing")
	}
	dbtest.RequireNoError(t, v.End(t.Context()))
	clean("an error")
	_, err := f.Admin.Exec("INSERT INTO dps.revocation (person, epoch) VALUES ($1, 1)", who.Person)
	dbtest.RequireNoError(t, err)
	v = selecting(handle, who, anything())
	if _, err := engine.Rows[int](t.Context(), v, divide, int64(1)); !errors.Is(err, db.ErrRevoked) {
		t.Errorf("with a token that was taken back: %v", err)
	}
	dbtest.RequireNoError(t, v.End(t.Context()))
	clean("a refusal")
}

// A second statement never sees another snapshot than the first: the request is answered anew, in one transaction, and from then
// on always.
func TestASecondStatementTearsNothing(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	handle, who, selection := alone(f, t), dbtest.ActorAs(policy.Commissioner, f.Kent), anything()
	first, second := "SELECT count(*) FROM need WHERE true", "SELECT count(*) FROM need WHERE NOT false"
	twice[int](t, handle, who, first)
	v := selecting(handle, who, selection)
	if n, err := engine.Rows[int](t.Context(), v, first); err != nil || n[0] != 0 || !engine.Alone(v) {
		t.Fatalf("%v needs, %v", n, err)
	}
	f.DraftNeed(f.Kent)
	for range 2 {
		if n, err := engine.Rows[int](t.Context(), v, second); !errors.Is(err, db.ErrTorn) {
			t.Errorf("%v needs in another snapshot, %v", n, err)
		}
	}
	if !v.Torn(t.Context()) || v.Rows() != 1 {
		t.Errorf("the view does not begin again, or what was thrown away is not counted: %d rows", v.Rows())
	}
	for _, query := range []string{first, second} {
		if n, err := engine.Rows[int](t.Context(), v, query); err != nil || n[0] != 1 || v.Torn(t.Context()) {
			t.Errorf("anew: %v needs, %v", n, err)
		}
	}
	dbtest.RequireNoError(t, v.End(t.Context()))
	v = selecting(handle, who, selection)
	if _, err := engine.Rows[int](t.Context(), v, first); err != nil || engine.Alone(v) {
		t.Errorf("a request that is known to take two statements: alone %v, %v", engine.Alone(v), err)
	}
	dbtest.RequireNoError(t, v.End(t.Context()))
}
