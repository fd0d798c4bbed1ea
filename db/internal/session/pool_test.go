package session_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

var officer = session.Caller{Role: "dps_commissioner", Person: "synthetic.officer", Organisation: uuid.NewString(), Epoch: 1}

// newPool is a pool of a single connection to a market's database.
func newPool(t *testing.T) (*session.Pool, *dbtest.Database) {
	t.Helper()
	d := dbtest.New(t)
	connector, err := pq.NewConnector(postgrestest.Server(t).URL("dps_api", d.Name) +
		"&search_path=dps&binary_parameters=yes&plan_cache_mode=force_generic_plan")
	must(t, err)
	pool, err := session.Open(connector, time.Minute, func(context.Context, string) {})
	must(t, err)
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = pool.Close() })
	return pool, d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// read reads in a transaction of several round trips.
func read(t *testing.T, pool *session.Pool, who session.Caller, q session.Query) error {
	t.Helper()
	tx, err := pool.Begin(t.Context(), session.ReadOnly, who)
	must(t, err)
	defer tx.Rollback(t.Context())
	return tx.Query(t.Context(), q)
}

// twice reads a query, the first time in a transaction of several round trips, and then, on the same connection, in one of one.
func twice[T any](t *testing.T, pool *session.Pool, text string, args ...any) (first, again []T) {
	t.Helper()
	must(t, read(t, pool, officer, session.All(&first, text, args...)))
	answered, err := pool.Ask(t.Context(), officer, session.All(&again, text, args...))
	must(t, err)
	if !answered {
		t.Error("not in one round trip")
	}
	return first, again
}

func TestAskNeedsAStatementThatTheConnectionKnows(t *testing.T) {
	pool, _ := newPool(t)
	var n []int
	if answered, err := pool.Ask(t.Context(), officer, session.All(&n, "SELECT 1 AS n")); answered || err != nil || n != nil {
		t.Errorf("answered %v: %v, %v", answered, n, err)
	}
	if first, again := twice[int](t, pool, "SELECT 1 AS n"); first[0] != 1 || again[0] != 1 {
		t.Errorf("%v, %v", first, again)
	}
}

func TestNumbersAreThoseThatPostgreSQLWrites(t *testing.T) {
	pool, _ := newPool(t)
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
	numbers = append(numbers, "0", "-0.0001", "10000", "100000000", "0.00000001", "1e30", "1e-30", "9999.9999")
	type number struct{ Number, Text string }
	_, found := twice[number](t, pool, "SELECT n AS number, n::text AS text FROM unnest($1::numeric[]) n", "{"+strings.Join(numbers, ",")+"}")
	if len(found) != len(numbers) {
		t.Fatalf("%d of %d numbers", len(found), len(numbers))
	}
	for _, n := range found {
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
	pool, _ := newPool(t)
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
	query := `SELECT (-32768)::int2 AS small, (-2147483648)::int4 AS whole, 9223372036854775807 AS large, 12::numeric AS counted,
		(-0.1)::float8 AS real, true AS yes, false AS no,
		'synthetic ü'::text AS plain, 'v'::varchar AS varying, 'p'::char(3) AS padded, 'n'::name AS name, '{"a": 1}'::json AS json,
		'{"a": 1}'::jsonb AS binary,
		'\x00ff01'::bytea AS raw, '1999-12-31 23:59:59.999999+00'::timestamptz AS at, '1987-03-02'::date AS day, 1200.50 AS weekly,
		to_json(ARRAY['a', 'b']) AS texts,
		NULL::text AS none, NULL::timestamptz AS notime, $1::uuid AS id, $1::uuid AS uuid`
	first, again := twice[row](t, pool, query, id)
	if !reflect.DeepEqual(first, again) || len(again) != 1 {
		t.Fatalf("got %+v, and again %+v", first, again)
	}
	got := again[0]
	if got.Weekly.Text() != "1200.50" || got.Day.String() != "1987-03-02" || !got.At.Equal(time.Date(1999, 12, 31, 23, 59,
		59, 999999000, time.UTC)) {
		t.Errorf("got %v, %v, %v", got.Weekly, got.Day, got.At)
	}
	got.Weekly, got.Day, got.At = market.Decimal{}, market.Date{}, time.Time{}
	want := row{
		Small: math.MinInt16, Whole: math.MinInt32, Large: math.MaxInt64, Counted: 12, Real: -0.1, Yes: true, Plain: "synthetic ü",
		Varying: "v", Padded: "p  ", Name: "n",
		JSON: `{"a": 1}`, Binary: `{"a": 1}`, ID: id.String(), UUID: id, Raw: []byte{0, 255, 1}, Texts: market.Texts{"a", "b"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for _, endless := range []string{"'infinity'::timestamptz", "'-infinity'::timestamptz", "'infinity'::date", "now() - now()"} {
		var at []time.Time
		if err := read(t, pool, officer, session.All(&at, "SELECT "+endless)); err == nil {
			t.Errorf("%s became %v", endless, at)
		}
	}
}

// Whatever an argument says, it stays a value.
func TestArgumentsStayValues(t *testing.T) {
	pool, _ := newPool(t)
	type row struct {
		Text, Other *string
		Number      int64
		Yes         bool
		At          time.Time
	}
	for _, text := range []string{"", "it's", `\`, `\' OR true --`, `'); DROP TABLE dps.need; --`, `$1 $$ "x"`, "ü\n\t", `''''`} {
		at := time.Date(2026, 10, 25, 1, 30, 0, 123456000, time.FixedZone("", 3600))
		first, again := twice[row](t, pool,
			"SELECT $1::text AS text, $2::text AS other, $3::bigint AS number, $4::boolean AS yes, $5::timestamptz AS at",
			text, nil, int64(-7), true, at)
		if !reflect.DeepEqual(first, again) || len(again) != 1 || *again[0].Text != text || again[0].Other != nil || again[0].Number != -7 ||
			!again[0].Yes || !again[0].At.Equal(at) {
			t.Errorf("%q: %+v, and again %+v", text, first, again)
		}
	}
	var rows []string
	if err := read(t, pool, officer, session.All(&rows, "SELECT $1::text AS text", "zero\x00byte")); err == nil {
		t.Errorf("got %q", rows)
	}
}

// A transaction of one round trip reads, as who asks, and leaves nothing behind, whether it succeeds or not.
func TestAskLeavesNothingBehind(t *testing.T) {
	pool, d := newPool(t)
	type context struct{ Role, Person, Organisation, Writes string }
	_, as := twice[context](t, pool,
		`SELECT current_user::text AS role, current_setting('dps.person') AS person, current_setting('dps.organisation') AS organisation,
		current_setting('transaction_read_only') AS writes`)
	if len(as) != 1 || as[0] != (context{"dps_commissioner", officer.Person, officer.Organisation, "on"}) {
		t.Errorf("asked as %+v", as)
	}
	clean := func(after string) {
		t.Helper()
		var user, left string
		must(t, pool.QueryRowContext(t.Context(),
			`SELECT current_user, concat(current_setting('dps.person', true), current_setting('dps.organisation', true),
			current_setting('dps.code_hash', true), current_setting('transaction_read_only'))`).Scan(&user, &left))
		if user != "dps_api" || left != "off" {
			t.Errorf("after %s the connection is left with %s, %q", after, user, left)
		}
	}
	clean("an answer")
	divide := "SELECT 1 / $1::int AS n"
	twice[int](t, pool, divide, int64(1))
	var n []int
	if _, err := pool.Ask(t.Context(), officer, session.All(&n, divide, int64(0))); err == nil {
		t.Error("divided by nothing")
	}
	clean("an error")
	_, err := d.Admin.Exec("INSERT INTO dps.revocation (person, epoch) VALUES ($1, 2)", officer.Person)
	must(t, err)
	if _, err := pool.Ask(t.Context(), officer, session.All(&n, divide, int64(1))); err == nil || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("with a token that was taken back: %v", err)
	}
	clean("a refusal")
}

func prepared(t *testing.T, pool *session.Pool) (n int) {
	t.Helper()
	must(t, pool.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_prepared_statements").Scan(&n))
	return n
}

func TestStatementIsPreparedOnceForEachRole(t *testing.T) {
	pool, _ := newPool(t)
	for range 3 {
		for _, role := range []string{"dps_commissioner", "dps_approver", "dps_bids_manager"} {
			var as []string
			must(t, read(t, pool, session.Caller{Role: role}, session.All(&as, "SELECT current_user::text AS role")))
			if as[0] != role {
				t.Errorf("%s reads as %s", role, as)
			}
		}
	}
	if n := prepared(t, pool); n != 3 {
		t.Errorf("%d statements are prepared, want one for each of three roles", n)
	}
}

// A connection bounds the statements that it keeps, and what a transaction of one round trip calls is not forgotten to make room for it.
func TestAConnectionForgetsStatements(t *testing.T) {
	pool, _ := newPool(t)
	most := 0
	for n := range 505 {
		var found []int
		must(t, read(t, pool, officer, session.All(&found, fmt.Sprintf("SELECT %d AS n", n))))
		if n >= 496 {
			for range 2 {
				if answered, err := pool.Ask(t.Context(), officer, session.All(&found, fmt.Sprintf("SELECT %d AS n", n))); err != nil {
					t.Errorf("%d statements: answered %v, %v", n, answered, err)
				}
			}
			for _, other := range found {
				if other != n {
					t.Errorf("%d for %d", other, n)
				}
			}
			most = max(most, prepared(t, pool))
		}
	}
	if n := prepared(t, pool); most != 500 || n >= 200 {
		t.Errorf("at most %d statements were prepared, in the end %d; want 500 at most, and then fewer", most, n)
	}
}

func TestOneTakesTheFirstRow(t *testing.T) {
	pool, _ := newPool(t)
	var n int
	must(t, read(t, pool, officer, session.One(&n, "SELECT n FROM generate_series(7, 9) n")))
	if n != 7 {
		t.Errorf("got %d", n)
	}
	if err := read(t, pool, officer, session.One(&n, "SELECT n FROM generate_series(1, 0) n")); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
}

func TestListsComeAtOnce(t *testing.T) {
	pool, _ := newPool(t)
	type whole struct{ N int }
	type named struct {
		N    int
		Name string
	}
	wholes, err := session.NewLayout(reflect.TypeFor[whole](), "n")
	must(t, err)
	names, err := session.NewLayout(reflect.TypeFor[named](), "n", "name")
	must(t, err)
	text := `WITH a AS (SELECT n FROM generate_series(1, $1::int) n), b AS (SELECT n, 'synthetic ' || n AS name FROM a WHERE n > 1)
		SELECT '\x00'::bytea || record_send(a) FROM a UNION ALL SELECT '\x01'::bytea || record_send(b) FROM b`
	for rows := range 4 {
		var lists [][]any
		must(t, read(t, pool, officer, session.Lists([]*session.Layout{wholes, names}, &lists, text, int64(rows))))
		all, some := lists[0], lists[1]
		if len(all) != rows || len(some) != max(0, rows-1) || rows == 3 && *some[1].(*named) != (named{3, "synthetic 3"}) {
			t.Errorf("%d rows: %v, %v", rows, all, some)
		}
	}
	var lists [][]any
	if err := read(t, pool, officer, session.Lists([]*session.Layout{wholes}, &lists, text, int64(2))); err == nil {
		t.Errorf("a list without a layout: %v", lists)
	}
}

func TestABrokenConnectionIsReplacedWhileNothingHasComeFromIt(t *testing.T) {
	pool, d := newPool(t)
	end := func() {
		t.Helper()
		_, err := d.Admin.Exec("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'dps_api' AND datname = $1", d.Name)
		must(t, err)
	}
	twice[int](t, pool, "SELECT 1 AS n")
	end()
	var n []int
	if answered, err := pool.Ask(t.Context(), officer, session.All(&n, "SELECT 1 AS n")); answered || err != nil {
		t.Errorf("answered %v, %v", answered, err) // another connection, which does not know the statement
	}
	end()
	must(t, read(t, pool, officer, session.All(&n, "SELECT 1 AS n")))
	tx, err := pool.Begin(t.Context(), session.ReadOnly, officer)
	must(t, err)
	end()
	if err := tx.Query(t.Context(), session.All(&n, "SELECT 1 AS n")); err == nil {
		t.Error("a transaction went on, on another connection")
	}
	tx.Rollback(t.Context())
	must(t, read(t, pool, officer, session.All(&n, "SELECT 1 AS n")))
}
