package dbtest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/market"
)

// AtOnce runs n of the same at the same moment and returns their errors.
func AtOnce(n int, do func(i int) error) []error {
	errs, start := make([]error, n), make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}

// CountWaiting counts the sessions that wait for a lock of a kind.
func (f *Fixture) CountWaiting(kind string) (n int) {
	f.T.Helper()
	f.QueryValue(&n, "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = $1", kind)
	return n
}

// runBehindLock holds an advisory lock, starts n of the same, and releases the lock only when all of them wait for it,
// so that none is first by chance. It returns their errors.
func (f *Fixture) runBehindLock(lock string, n int, do func(i int) error, meanwhile ...string) []error {
	f.T.Helper()
	return f.runWhileWaiting(lock, n, do, func() {}, meanwhile...)
}

// CutWhileWaiting ends a connection that waits for a lock.
func (f *Fixture) CutWhileWaiting(lock string, do func(i int) error) []error {
	f.T.Helper()
	return f.runWhileWaiting(lock, 1, do, func() {
		f.ExecSQL("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
	})
}

func (f *Fixture) runWhileWaiting(lock string, n int, do func(i int) error, then func(), meanwhile ...string) []error {
	f.T.Helper()
	holder, err := f.Admin.Begin()
	if err != nil {
		f.T.Fatal(err)
	}
	defer holder.Rollback() //nolint:errcheck // after a commit it does nothing
	for _, statement := range append([]string{"SELECT pg_advisory_xact_lock(hashtextextended('" + lock + "', 0))"}, meanwhile...) {
		if _, err := holder.Exec(statement); err != nil {
			f.T.Fatal(err)
		}
	}
	over := make(chan []error, 1)
	go func() { over <- AtOnce(n, do) }()
	for f.CountWaiting("advisory") < n {
		select {
		case errs := <-over:
			f.T.Fatalf("nobody waited for the lock %s: %v", lock, errs)
		default:
		}
	}
	then()
	if err := holder.Commit(); err != nil {
		f.T.Fatal(err)
	}
	return <-over
}

// ToNextMinute moves the clock to the start of a minute, so that a few calls fall into one.
func (f *Fixture) ToNextMinute() {
	f.T.Helper()
	now := f.MarketNow()
	f.Advance(f.T, now.Truncate(time.Minute).Add(time.Minute).Sub(now))
}

// TurnClockBack is what a restored machine does, or one whose clock is behind.
func (f *Fixture) TurnClockBack(by time.Duration) {
	f.T.Helper()
	f.ExecSQL("UPDATE dps.clock SET ahead = ahead - make_interval(secs => $1)", by.Seconds())
}

// RunWorkers runs n rounds of the clock worker behind a lock, and returns what they did together.
func (f *Fixture) RunWorkers(lock string, n int, meanwhile ...string) (all record.WorkSummary) {
	f.T.Helper()
	done := make([]record.WorkSummary, n)
	errs := f.runBehindLock(lock, n, func(i int) (err error) {
		done[i], err = record.Work(f.T.Context(), f.Worker)
		return err
	}, meanwhile...)
	if ok := CountSucceeded(f.T, errs); ok != n {
		f.T.Fatalf("%d of %d workers had no error", ok, n)
	}
	for _, d := range done {
		all.Closed, all.Lapsed, all.Mixed = all.Closed+d.Closed, all.Lapsed+d.Lapsed, all.Mixed+d.Mixed
	}
	return all
}

// CountSucceeded counts the successes. Every failure must be a refusal with one of the codes.
func CountSucceeded(t *testing.T, errs []error, codes ...market.Code) (n int) {
	t.Helper()
	for _, err := range errs {
		var refusal *market.Refusal
		switch {
		case err == nil:
			n++
		case errors.As(err, &refusal):
			if !containsCode(codes, refusal.Code) {
				t.Errorf("refused with %v", err)
			}
		default:
			t.Errorf("failed: %v", err)
		}
	}
	return n
}

func containsCode(codes []market.Code, code market.Code) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}

// RunWorker is one round of the clock worker, and what it did.
func (f *Fixture) RunWorker() record.WorkSummary {
	f.T.Helper()
	done, err := record.Work(context.WithoutCancel(f.T.Context()), f.Worker)
	if err != nil {
		f.T.Fatal(err)
	}
	return done
}

// HoldRow holds a row of a table, so that whoever changes it waits, until the caller releases it or the test ends.
func (f *Fixture) HoldRow(t *testing.T, table string, id uuid.UUID) (release func()) {
	t.Helper()
	holder, err := f.Admin.Begin()
	must(t, err)
	t.Cleanup(func() { _ = holder.Rollback() })
	_, err = holder.Exec("SELECT FROM dps."+table+" WHERE id = $1 FOR UPDATE", id) //nolint:gosec // a table that the test names
	must(t, err)
	return func() { must(t, holder.Commit()) }
}

// AwaitWaiting waits until a session waits for a lock of a kind. What was started must not end before.
func (f *Fixture) AwaitWaiting(t *testing.T, kind string, ended <-chan error) {
	t.Helper()
	for f.CountWaiting(kind) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
	}
}
