package transport

import (
	"net/http/httptest"
	"testing"
	"time"
)

// TestQueueShedsWhatItCannotAnswer: as many as there are places are answered, as many as can wait do, and the next is told at once.
func TestQueueShedsWhatItCannotAnswer(t *testing.T) {
	q := newQueue(Queue{UnderWay: 1, Waiting: 1, Wait: time.Hour})
	leave, err := q.enter(t.Context(), httptest.NewRecorder())
	if err != nil {
		t.Fatal(err)
	}
	entered := make(chan func())
	go func() {
		next, err := q.enter(t.Context(), httptest.NewRecorder())
		if err != nil {
			t.Error(err)
		}
		entered <- next
	}()
	for q.waiting.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	w := httptest.NewRecorder()
	if _, err := q.enter(t.Context(), w); err == nil || w.Header().Get("Retry-After") != "1" {
		t.Errorf("one too many: %v, %v", err, w.Header())
	}
	leave()
	(<-entered)()
	if leave, err = q.enter(t.Context(), httptest.NewRecorder()); err != nil {
		t.Fatal("a place was not given back")
	}
	leave()
}

// TestQueueLetsNobodyWaitLong.
func TestQueueLetsNobodyWaitLong(t *testing.T) {
	q := newQueue(Queue{UnderWay: 1, Waiting: 1, Wait: time.Millisecond})
	leave, err := q.enter(t.Context(), httptest.NewRecorder())
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	if _, err := q.enter(t.Context(), httptest.NewRecorder()); err == nil {
		t.Error("it entered while the only place was taken")
	}
}
