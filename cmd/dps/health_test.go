package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
)

// TestReadinessFollowsTheLastLook: it is answered without asking anybody, and says why not.
func TestReadinessFollowsTheLastLook(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	var found db.Health
	var failed error
	looks := 0
	w := &watch{
		now: func() time.Time { return now }, pool: func() (int, int, int64) { return 1, 8, 3 },
		look: func(context.Context) (db.Health, error) { looks++; return found, failed },
	}
	ask := func() int {
		answer := httptest.NewRecorder()
		w.serveReady(answer, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return answer.Code
	}
	require := func(when string, want int, warnings ...string) {
		t.Helper()
		if got := ask(); got != want {
			t.Errorf("%s: %d, want %d", when, got, want)
		}
		if got := w.readiness().Warnings; !slices.Equal(got, append([]string{}, warnings...)) {
			t.Errorf("%s: warnings %q", when, got)
		}
	}
	require("before the first look", 503)
	found.Clock = now
	w.lookOnce(t.Context())
	require("after a good look", 200)
	failed = errors.New("synthetic: away")
	w.lookOnce(t.Context())
	require("after one look without an answer", 200)
	now = now.Add(blindTime + time.Second)
	w.lookOnce(t.Context())
	require("blind for too long", 503)
	found, failed = db.Health{Unsealed: mostUnsealed + time.Second, Clock: now.Add(time.Hour)}, nil
	w.lookOnce(t.Context())
	require("unsealed, and another clock", 200, "the clocks of this machine and of the database differ by more than a minute",
		"the log is not sealed: no clock worker runs, or it is held up")
	if got := w.laterClock(); !got.Equal(now.Add(time.Hour)) {
		t.Errorf("behind the database's clock, tokens are judged at %v", got)
	}
	found = db.Health{Clock: now.Add(-2 * time.Hour)}
	w.lookOnce(t.Context())
	if got := w.laterClock(); !got.Equal(now) {
		t.Errorf("ahead of the database's clock, tokens are judged at %v", got)
	}
	found = db.Health{Clock: now}
	w.lookOnce(t.Context())
	w.draining.Store(true)
	require("about to stop", 503)
	if looks != 6 {
		t.Errorf("the database was asked %d times", looks)
	}
}
