package chaos

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/prove/chaos/history"
)

// Bounds of the load.
const (
	usualCallers = 3
	requestLimit = 40 * time.Second // a request that is given up is over the 30 s that a caller may have to wait
	retryPause   = 50 * time.Millisecond
	giveUpAfter  = 90 * time.Second // a deed that was never answered stays unknown
)

// load is callers that draft needs at a service until they are stopped.
type load struct {
	ground  *ground
	history *history.History
	url     string
	client  *http.Client
	callers int
	failed  func(history.Attempt) // told of each attempt that was not answered as it should be; nil for nobody
	stopped chan struct{}
	ended   sync.WaitGroup

	abandoned atomic.Bool
}

// startLoad lets callers draft needs at url until stop.
func startLoad(g *ground, h *history.History, url string) *load {
	l := newLoad(g, h, url)
	l.start()
	return l
}

func newLoad(g *ground, h *history.History, url string) *load {
	return &load{
		ground: g, history: h, url: url, callers: usualCallers, stopped: make(chan struct{}),
		client: &http.Client{Timeout: requestLimit, Transport: &http.Transport{MaxIdleConnsPerHost: usualCallers}},
	}
}

func (l *load) start() {
	for range l.callers {
		l.ended.Go(l.act)
	}
}

// stop lets each caller finish its deed.
func (l *load) stop() {
	close(l.stopped)
	l.ended.Wait()
	l.client.CloseIdleConnections()
}

// abandon is stop after which no deed is tried again: the service will not answer any more.
func (l *load) abandon() {
	l.abandoned.Store(true)
	l.stop()
}

func (l *load) isStopped() bool {
	select {
	case <-l.stopped:
		return true
	default:
		return false
	}
}

func (l *load) act() {
	for turn := 0; !l.isStopped(); turn++ {
		d := history.Deed{Key: uuid.NewString()}
		if turn%5 == 4 {
			l.stutter(&d) // an impatient caller asks twice at once
		}
		l.persist(&d)
		l.history.Add(d)
	}
}

// persist asks until the answer is one, as a careful caller does.
func (l *load) persist(d *history.Deed) {
	began := time.Now()
	for d.Outcome() == history.ToldNothing && time.Since(began) < giveUpAfter && !l.abandoned.Load() {
		a := l.draftNeed(d.Key)
		d.Attempts = append(d.Attempts, a)
		if a.Told == history.ToldNothing {
			time.Sleep(retryPause) // as the caller is asked to, so that it does not flood the service
		}
	}
}

// stutter asks the same thing twice at the same time.
func (l *load) stutter(d *history.Deed) {
	var both [2]history.Attempt
	var ended sync.WaitGroup
	for i := range both {
		ended.Go(func() { both[i] = l.draftNeed(d.Key) })
	}
	ended.Wait()
	d.Attempts = append(d.Attempts, both[:]...)
}

func (l *load) draftNeed(key string) history.Attempt {
	a := history.Attempt{Began: time.Now()}
	body, err := json.Marshal(map[string]any{
		"query": mutationDocument("createNeed", "need { id }"), "variables": map[string]any{"input": l.ground.needInput(key)},
	})
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	raw, status, err := l.post(body)
	a.Status, a.Ended = status, time.Now()
	a.Told, a.ID, a.Words = history.ReadAnswer(raw, status, err)
	if a.Told == history.ToldDone {
		l.history.NoteDone(a.Ended)
	} else if l.failed != nil {
		l.failed(a)
	}
	return a
}

func (l *load) post(body []byte) ([]byte, int, error) {
	request, err := http.NewRequest(http.MethodPost, l.url, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", l.ground.tokens[demo.Commissioner])
	response, err := l.client.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	return raw, response.StatusCode, err
}

// needInput is a need with the key's mark in its profile, so that what was done for a key can be found whatever the memory of keys says.
func (g *ground) needInput(key string) map[string]any {
	start := time.Now().AddDate(0, 0, 60)
	return map[string]any{
		"idempotencyKey": key, "lot": g.lot, "ageLow": 8, "ageHigh": 11, "primaryNeed": needType, "otherNeeds": []string{},
		"legalBasis": "EHC_PLAN", "homeOutcode": "ME14", "travelMiles": 25, "startFrom": start.Format(time.DateOnly),
		"startTo": start.AddDate(0, 0, 60).Format(time.DateOnly), "profile": history.ProfilePrefix + history.MarkOf(key),
		"outcomes": "Synthetic: to speak in a small group.", "ceilingWeekly": "1600.00",
	}
}
