package chaos

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// runUploads sends large documents all at once, and measures the most memory that the service takes.
func runUploads(ctx context.Context, t *trial) error {
	g, err := t.newGround(ctx)
	if err != nil {
		return err
	}
	defer g.close()
	s, err := g.serve(ctx, serveOptions{})
	if err != nil {
		return err
	}
	defer s.Kill()
	paths := make([]string, t.count(20, 60))
	for i := range paths {
		if paths[i], err = g.uploadLink(ctx, s, i); err != nil {
			return err
		}
	}
	taken := g.sendAll(ctx, s, paths)
	if taken == 0 {
		return fmt.Errorf("not one of %d documents was taken", len(paths))
	}
	t.note("%d of %d documents were taken", taken, len(paths))
	most, err := peakMemory(s.PID())
	if err != nil {
		t.skip("chaos.rss_mb_under_uploads", "no /proc")
		return nil
	}
	t.worst("chaos.rss_mb_under_uploads", most)
	return nil
}

// uploadLink records evidence of the provider and asks for a link to its document.
func (g *ground) uploadLink(ctx context.Context, s *server, number int) (string, error) {
	now := time.Now()
	recorded, err := g.mustAct(ctx, s, demo.Winner, "recordEvidence", map[string]any{
		"kind": "PUBLIC_LIABILITY", "reference": fmt.Sprintf("SYN-%04d", number), "validFrom": now.Format(time.DateOnly),
		"validUntil": now.AddDate(0, 0, 100+number).Format(time.DateOnly),
	}, "evidence { id }")
	if err != nil {
		return "", err
	}
	link, err := g.mustAct(ctx, s, demo.Winner, "uploadEvidence", map[string]any{
		"evidence": recorded.At("evidence.id").Text(), "name": "policy.pdf",
	}, "link { path }")
	return link.At("link.path").Text(), err
}

// sendAll puts a document of 10 MB less a little to each path, all at once, and says how many were taken. A service that has enough
// to do may refuse: then the caller asks again, a few times.
func (g *ground) sendAll(ctx context.Context, s *server, paths []string) (taken int) {
	document := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("0 "), 5_200_000)...)
	document = append(document, "\n%%EOF\n"...)
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, path := range paths {
		all.Go(func() {
			for range 5 {
				if g.send(ctx, s, path, document) == http.StatusCreated {
					mu.Lock()
					taken++
					mu.Unlock()
					return
				}
			}
		})
	}
	all.Wait()
	return taken
}

func (g *ground) send(ctx context.Context, s *server, path string, document []byte) int {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://"+s.address+path, bytes.NewReader(document))
	if err != nil {
		return 0
	}
	request.Header.Set("Authorization", g.tokens[demo.Winner])
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// peakMemory is the most memory that a process has had, in MB, from /proc.
func peakMemory(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kilobytes / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmHWM of process %d", pid)
}

// ticksPerSecond is the unit of the times in /proc on every Linux that Go runs on.
const ticksPerSecond = 100

// processorTime is what a process has taken so far, in seconds, from /proc.
func processorTime(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc of process %d is not as expected", pid)
	}
	user, userErr := strconv.ParseFloat(fields[11], 64)
	system, systemErr := strconv.ParseFloat(fields[12], 64)
	if userErr != nil || systemErr != nil {
		return 0, fmt.Errorf("/proc of process %d is not as expected", pid)
	}
	return (user + system) / ticksPerSecond, nil
}

// runIdle measures what a service with its clock worker takes of one core when nobody asks for anything.
func runIdle(ctx context.Context, t *trial) error {
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	if err := t.enough(ctx, c); err != nil {
		return err
	}
	c.load.stop()
	if err := t.settle(ctx, c.ground, c.history); err != nil {
		return err
	}
	spent := func() (total float64, err error) {
		for _, s := range []*server{c.server, c.worker} {
			took, err := processorTime(s.PID())
			if err != nil {
				return 0, err
			}
			total += took
		}
		return total, nil
	}
	before, err := spent()
	if err != nil {
		t.skip("chaos.idle_cpu_percent", "no /proc")
		return nil
	}
	began := time.Now()
	<-time.After(time.Duration(t.count(10, 60)) * time.Second) // the time over which it is measured
	after, err := spent()
	t.worst("chaos.idle_cpu_percent", 100*(after-before)/time.Since(began).Seconds())
	return err
}
