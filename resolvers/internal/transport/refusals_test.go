package transport

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/policy"
)

// TestRefusalsAreFolded: the first of a cause is told, then one line a minute, and one alarm for many.
func TestRefusalsAreFolded(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	r := &refusals{now: func() time.Time { return now }, of: map[string]*folded{}}
	require := func(when string, lines int, words string) {
		t.Helper()
		if got := strings.Count(log.String(), "\n"); got != lines || !strings.Contains(log.String(), words) {
			t.Errorf("%s: %d lines, want %d with %q:\n%s", when, got, lines, words, log.String())
		}
		log.Reset()
	}
	r.noteToken(&policy.RefusedTokenError{Cause: "synthetic"})
	require("the first", 1, "synthetic")
	for range alarmRefusals - 2 {
		r.note("synthetic")
	}
	require("a few more", 0, "")
	for range 1000 {
		r.note("synthetic")
	}
	require("many", 1, "trying out")
	now = now.Add(foldTime)
	r.note("synthetic")
	require("after a minute", 1, "times=1059")
	r.note(causeNotFound)
	require("one wrong id", 0, "")
	for range alarmRefusals {
		r.note(causeNotFound)
	}
	require("many wrong ids", 1, "trying out")
}
