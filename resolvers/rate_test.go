package resolvers

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
	"github.com/southeasttogether/dps/resolvers/internal/rate"
	"github.com/southeasttogether/dps/resolvers/internal/transport"
)

// The rate counts the work that a request caused, not the request.
func TestWorkIsChargedAndNotRequests(t *testing.T) {
	w := newWorld(t)
	handler := w.newEndpoint(t, Limits{}, true).(*transport.Endpoint)
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	handler.Meter = rate.NewMeter(Rate{PerSecond: 10, Burst: 200})
	handler.Meter.Now = func() time.Time { return now }
	ask := func(p demo.Persona, query string) testAnswer { return w.askAt(t, handler, p, query, nil) }
	for range 50 {
		if a := ask(demo.Commissioner, "{ viewer { capacity } }"); a.status != http.StatusOK {
			t.Fatalf("a small request is refused: %s", a.text)
		}
	}
	const dear = "{ providers(first: 20) { edges { node { name settings { edges { node { name } } } } } } }" // 20 and 40 rows
	for range 4 {
		ask(demo.Commissioner, dear)
	}
	refused := ask(demo.Commissioner, dear)
	if refused.status != http.StatusTooManyRequests || !slices.Equal(refused.errorCodes(), []string{coded.LimitExceeded}) ||
		refused.header.Get("Retry-After") == "" {
		t.Errorf("got %d %v %s", refused.status, refused.header, refused.text)
	}
	if a := ask(demo.Neighbour, dear); a.status != http.StatusOK {
		t.Errorf("another person is refused: %s", a.text)
	}
	now = now.Add(time.Minute)
	if a := ask(demo.Commissioner, dear); a.status != http.StatusOK {
		t.Errorf("after a minute: %s", a.text)
	}
}
