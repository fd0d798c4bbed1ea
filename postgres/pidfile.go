package postgres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	// pidFilePoll is how often a file that PostgreSQL writes is looked at.
	pidFilePoll = 5 * time.Millisecond
	// predecessorGrace is how long a postmaster whose program has died can take to notice.
	predecessorGrace = 3 * time.Second
)

// pidFile is what a postmaster says of itself in postmaster.pid.
type pidFile struct {
	pid    int
	status string // starting, ready, stopping; "" when not yet written
}

// readPidFile reads the postmaster.pid of the cluster in data; ok is false when there is none, or none complete enough
// to be read. Its lines are those of PostgreSQL's utils/pidfile.h: the first is the process (negative for a single-user
// backend), the eighth its status.
func readPidFile(data string) (p pidFile, ok bool) {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return pidFile{}, false
	}
	lines := strings.Split(string(text), "\n")
	if p.pid, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil {
		return pidFile{}, false
	}
	p.pid = max(p.pid, -p.pid)
	if len(lines) >= 8 {
		p.status = strings.TrimSpace(lines[7])
	}
	return p, true
}

// waitForPredecessor waits until no postmaster has the cluster in data. One whose program was killed is about to end;
// any other is an error. It returns the process that a stale postmaster.pid names, 0 if there is none.
func waitForPredecessor(ctx context.Context, data string) (stale int, err error) {
	tick := time.NewTicker(pidFilePoll)
	defer tick.Stop()
	noticed := time.After(predecessorGrace)
	for {
		p, ok := readPidFile(data)
		if !ok || !livePostmaster(p.pid, data) {
			return p.pid, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, fmt.Errorf("waiting for the PostgreSQL that still runs on %s: %w", data, ctx.Err())
		case <-noticed:
			if p.status != "stopping" {
				return 0, fmt.Errorf(
					"another PostgreSQL (process %d) is running on the folder %s: stop it with `kill -INT %d`, or choose another "+
						"folder", p.pid, data, p.pid)
			}
		}
	}
}
