package engine_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// TestAChangeIsDoneWhenTheStandbyHasIt: with synchronous replication, a caller that gives up does not make the primary commit alone, and a
// retry is not told that a change is done which could still be lost with the primary.
func TestAChangeIsDoneWhenTheStandbyHasIt(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	api := openWithin(t, f, time.Second)
	key, id := dbtest.NewKey(), uuid.New()
	comeBack := sendStandbyAway(t, f)
	ctx, giveUp := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := change(ctx, f, api, key, id); first <- err }()
	awaitCount(t, f, 1, waitsForStandby)
	giveUp()
	if err := <-first; !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("the caller that gave up was told: %v", err)
	}
	if n := f.CountRows("idempotency WHERE key = $1", key); n != 0 {
		t.Error("the primary committed alone")
	}
	if _, err := change(t.Context(), f, api, key, id); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("a retry before the standby has it: %v", err)
	}
	comeBack()
	awaitCount(t, f, 1, "SELECT count(*) FROM dps.idempotency WHERE key = $1", key)
	if got, err := change(t.Context(), f, api, key, uuid.New()); got != id || err != nil {
		t.Errorf("a retry afterwards: %v, %v", got, err)
	}
}

// TestARetryWaitsForTheStandby where an operator ended the wait of the first attempt, which the primary then committed alone.
func TestARetryWaitsForTheStandby(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	api := openWithin(t, f, time.Second)
	key, id := dbtest.NewKey(), uuid.New()
	comeBack := sendStandbyAway(t, f)
	first := make(chan struct{})
	go func() {
		defer close(first)
		_, _ = change(t.Context(), f, api, key, id) // it may be told either
	}()
	awaitCount(t, f, 1, waitsForStandby)
	f.QueryValue(new(bool), "SELECT bool_and(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
	<-first
	awaitCount(t, f, 1, "SELECT count(*) FROM dps.idempotency WHERE key = $1", key)
	if got, err := change(t.Context(), f, api, key, id); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("a retry was told that a change is done which the standby does not have: %v, %v", got, err)
	}
	comeBack()
	if got, err := change(t.Context(), f, api, key, uuid.New()); got != id || err != nil {
		t.Errorf("a retry afterwards: %v, %v", got, err)
	}
}

// waitsForStandby counts the sessions whose COMMIT waits for a standby.
const waitsForStandby = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'dps_api'"

func change(ctx context.Context, f *dbtest.Fixture, api *db.DB, key string, id uuid.UUID) (uuid.UUID, error) {
	return api.Change(ctx, dbtest.ActorAs(policy.Commissioner, f.Kent), db.Request{Act: "need.create", Key: key},
		func(*db.Tx) (db.Event, error) { return engine.AuthorityEvent(id, f.Kent), nil })
}

// openWithin is the service with a database whose statements may take that long.
func openWithin(t *testing.T, f *dbtest.Fixture, statement time.Duration) *db.DB {
	t.Helper()
	url := postgrestest.Server(t).URL("dps_api", f.Name)
	for _, setting := range []string{"statement_timeout", "lock_timeout"} {
		url = engine.WithParameter(url, setting, strconv.FormatInt(statement.Milliseconds(), 10))
	}
	return connect(t, f, url)
}

func connect(t *testing.T, f *dbtest.Fixture, url string) *db.DB {
	t.Helper()
	api, err := db.Connect(db.Config{URL: url, Policy: f.Policy, Keyring: f.Keyring})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Close() })
	return api
}

// sendStandbyAway makes every COMMIT wait for a standby that never answers, until the test calls what it returns, or ends.
func sendStandbyAway(t *testing.T, f *dbtest.Fixture) (comeBack func()) {
	t.Helper()
	f.ExecSQL("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	f.ExecSQL("SELECT pg_reload_conf()")
	comeBack = func() {
		f.ExecSQL("ALTER SYSTEM RESET synchronous_standby_names")
		f.ExecSQL("SELECT pg_reload_conf()")
	}
	t.Cleanup(comeBack)
	for !commitWaits(t, f) {
		if t.Context().Err() != nil {
			t.Fatal("no COMMIT waits for a standby")
		}
	}
	return comeBack
}

// commitWaits says whether a COMMIT waits for a standby now.
func commitWaits(t *testing.T, f *dbtest.Fixture) bool {
	t.Helper()
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = f.Admin.ExecContext(t.Context(), "SELECT pg_logical_emit_message(true, 'synthetic', '')")
	}()
	for {
		select {
		case <-over:
			return false
		default:
		}
		var n int
		f.QueryValue(&n, "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
		if n > 0 {
			<-over
			return true
		}
	}
}

// awaitCount waits until a query counts what is expected.
func awaitCount(t *testing.T, f *dbtest.Fixture, want int, query string, args ...any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		var n int
		f.QueryValue(&n, query, args...)
		if n == want {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d instead of %d: %s", n, want, query)
		}
	}
}
