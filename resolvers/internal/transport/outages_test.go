package transport

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestOutagesAreFolded: a line at once, then one a minute with how often it was.
func TestOutagesAreFolded(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	o := &outages{now: func() time.Time { return now }}
	for range 300 {
		o.note("synthetic")
		now = now.Add(time.Second)
	}
	if n := strings.Count(log.String(), "msg=unavailable"); n != 5 || strings.Count(log.String(), "times=60") != 4 ||
		strings.Count(log.String(), "times=1\n") != 1 {
		t.Errorf("%d lines:\n%s", n, &log)
	}
}
