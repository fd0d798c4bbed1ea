package transport

import (
	"testing"
	"time"
)

// TestDeadlineOfATransferFollowsProgress: 10 MB at 5 Mbit/s arrive, a transfer that stands still or crawls ends.
func TestDeadlineOfATransferFollowsProgress(t *testing.T) {
	limits := FileLimits{}.WithDefaults()
	for name, c := range map[string]struct {
		perSecond int64 // bytes
		still     int64 // bytes after which nothing comes
		ends      bool
	}{
		"5 Mbit/s":                {5_000_000 / 8, 0, false},
		"a slow line":             {40 << 10, 0, false},
		"a crawl":                 {10 << 10, 0, true},
		"nothing at all":          {0, 0, true},
		"fast, then nothing more": {3 << 20, 9 << 20, true},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
			now, moved, deadline := began, int64(0), limits.deadline(began, began, 0)
			for moved < 10<<20 && !now.After(deadline) {
				now = now.Add(time.Second)
				if c.still == 0 || moved < c.still {
					moved += c.perSecond
					if c.perSecond > 0 && !now.After(deadline) {
						deadline = limits.deadline(began, now, moved)
					}
				}
			}
			if ended := now.After(deadline); ended != c.ends {
				t.Errorf("after %v and %d bytes it ended: %v", now.Sub(began), moved, ended)
			}
			if now.Sub(began) > 10*time.Minute {
				t.Errorf("it was under way for %v", now.Sub(began))
			}
		})
	}
}
