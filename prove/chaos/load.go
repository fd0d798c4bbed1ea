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
	history *history
	url     string
	client  *http.Client
	callers int
	failed  func(attempt) // told of each attempt that was not answered as it should be; nil for nobody
	stopped chan struct{}
	ended   sync.WaitGroup

	abandoned atomic.Bool
}

// startLoad lets callers draft needs at url until stop.
func startLoad(g *ground, h *history, url string) *load {
	l := newLoad(g, h, url)
	l.start()
	return l
}

func newLoad(g *ground, h *history, url string) *load {
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
		d := deed{key: uuid.NewString()}
		if turn%5 == 4 {
			l.stutter(&d) // an impatient caller asks twice at once
		}
		l.persist(&d)
		l.history.add(d)
	}
}

// persist asks until the answer is one, as a careful caller does.
func (l *load) persist(d *deed) {
	began := time.Now()
	for d.outcome() == toldNothing && time.Since(began) < giveUpAfter && !l.abandoned.Load() {
		a := l.draftNeed(d.key)
		d.attempts = append(d.attempts, a)
		if a.told == toldNothing {
			time.Sleep(retryPause) // as the caller is asked to, so that it does not flood the service
		}
	}
}

// stutter asks the same thing twice at the same time.
func (l *load) stutter(d *deed) {
	var both [2]attempt
	var ended sync.WaitGroup
	for i := range both {
		ended.Go(func() { both[i] = l.draftNeed(d.key) })
	}
	ended.Wait()
	d.attempts = append(d.attempts, both[:]...)
}

func (l *load) draftNeed(key string) attempt {
	a := attempt{began: time.Now()}
	body, err := json.Marshal(map[string]any{
		"query": mutationDocument("createNeed", "need { id }"), "variables": map[string]any{"input": l.ground.needInput(key)},
	})
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	raw, status, err := l.post(body)
	a.status, a.ended = status, time.Now()
	a.told, a.id, a.words = readAnswer(raw, status, err)
	if a.told == toldDone {
		l.history.noteDone(a.ended)
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
		"startTo": start.AddDate(0, 0, 60).Format(time.DateOnly), "profile": profilePrefix + markOf(key),
		"outcomes": "Synthetic: to speak in a small group.", "ceilingWeekly": "1600.00",
	}
}
