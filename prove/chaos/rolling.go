package chaos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/southeasttogether/dps/prove/chaos/history"
	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// drainLimit is how long a process of the service may take to end when it is asked to.
const drainLimit = 30 * time.Second

// runRolling restarts two processes behind haproxy, or behind the suite's own balancer where there is none, one after
// the other, while callers draft needs. Not one attempt may fail.
func runRolling(ctx context.Context, t *trial) error {
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	c.load.stop()
	f := &frontOffice{folder: t.folder, servers: []*server{c.server, c.worker}}
	stop, err := f.start(ctx)
	if err != nil {
		return err
	}
	defer stop()
	var failed failures
	c.load = newLoad(c.ground, c.history, "http://"+f.address+"/graphql")
	c.load.failed = failed.add
	c.load.start()
	for range t.count(2, 10) {
		if err := f.restartEach(ctx, t, c); err != nil {
			return err
		}
	}
	c.load.stop()
	t.addFindings("chaos.failed_in_rolling_restart", failed.words)
	if err := t.settle(ctx, c.ground, c.history); err != nil {
		return err
	}
	return t.restartAlone(ctx, c)
}

// restartAlone is the control of the scenario: with one process and no balancer, attempts fail, and are seen to.
func (t *trial) restartAlone(ctx context.Context, c *crew) error {
	var failed failures
	c.load = newLoad(c.ground, c.history, c.server.endpoint())
	c.load.failed = failed.add
	c.load.start()
	defer c.load.stop()
	if err := t.enough(ctx, c); err != nil {
		return err
	}
	if err := c.server.Stop(drainLimit); err != nil {
		return err
	}
	next, err := c.serve(ctx, serveOptions{address: c.server.address})
	if err != nil {
		return err
	}
	c.server = next
	t.add("chaos.negative_controls_missed", 0)
	failed.mu.Lock()
	defer failed.mu.Unlock()
	if len(failed.words) == 0 {
		t.addFindings("chaos.negative_controls_missed", []string{"a service without a balancer is restarted"})
	}
	return nil
}

// failures collects attempts that were not answered as they should be.
type failures struct {
	mu    sync.Mutex
	words []string
}

func (f *failures) add(a history.Attempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.words = append(f.words, fmt.Sprintf("status %d after %s: %s", a.Status, a.Ended.Sub(a.Began).Round(time.Millisecond), a.Words))
}

// frontOffice is a balancer before some processes of the service.
type frontOffice struct {
	folder   string
	address  string
	servers  []*server
	balancer *machine.Process // nil for the suite's own
}

// haproxyConfig asks each process every 200 ms whether it is ready, and sends a request that met a process which was ending to the next.
// That is safe, because each change has a key.
const haproxyConfig = `global
  stats socket %[1]s mode 600
defaults
  mode http
  timeout connect 2s
  timeout client 40s
  timeout server 40s
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response 503
frontend front
  bind %[2]s
  default_backend service
backend service
  option httpchk GET %[3]s
  default-server inter 200 fall 1 rise 1
`

// start starts the balancer, and gives what ends it.
func (f *frontOffice) start(ctx context.Context) (stop func(), err error) {
	if f.address, err = freeAddress(); err != nil {
		return nil, err
	}
	program, err := exec.LookPath("haproxy")
	if err != nil {
		return (&ownBalancer{addresses: []string{f.servers[0].address, f.servers[1].address}}).listenAt(f.address)
	}
	if err := f.startHaproxy(ctx, program); err != nil {
		return nil, err
	}
	if err := f.waitUntilUp(ctx, len(f.servers)); err != nil {
		f.balancer.Kill()
		return nil, err
	}
	return f.balancer.Kill, nil
}

func (f *frontOffice) startHaproxy(ctx context.Context, program string) (err error) {
	path := "/readyz"
	if f.servers[0].statusOf(ctx, path) == http.StatusNotFound {
		path = "/healthz"
	}
	config := fmt.Sprintf(haproxyConfig, f.socket(), f.address, path)
	for i, s := range f.servers {
		config += fmt.Sprintf("  server s%d %s check\n", i, s.address)
	}
	file := filepath.Join(f.folder, "haproxy.cfg")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return err
	}
	f.balancer, err = machine.Start(exec.Command(program, "-db", "-f", file))
	return err
}

func (f *frontOffice) socket() string { return filepath.Join(f.folder, "haproxy.sock") }

// waitUntilUp waits until haproxy sees that many processes ready. The suite's own balancer needs no such knowledge.
func (f *frontOffice) waitUntilUp(ctx context.Context, want int) error {
	if f.balancer == nil {
		return nil
	}
	return machine.WaitFor(ctx, fmt.Sprint(want, " processes behind haproxy"), machine.ReadyLimit, func(context.Context) bool {
		conn, err := net.Dial("unix", f.socket())
		if err != nil {
			return false
		}
		defer conn.Close()
		if _, err := fmt.Fprintln(conn, "show stat"); err != nil {
			return false
		}
		text := make([]byte, 64<<10)
		n := 0
		for read := -1; read != 0; n += read {
			read, _ = conn.Read(text[n:])
		}
		up := 0
		for line := range strings.Lines(string(text[:n])) {
			if strings.HasPrefix(line, "service,s") && strings.Contains(line, ",UP,") {
				up++
			}
		}
		return up == want
	})
}

// restartEach ends each process as an operator does and starts it again when it is gone; the next follows when it is back.
func (f *frontOffice) restartEach(ctx context.Context, t *trial, c *crew) error {
	for i, s := range f.servers {
		if err := s.Stop(drainLimit); err != nil {
			return fmt.Errorf("a clean end: %w", err)
		}
		next, err := c.serve(ctx, serveOptions{address: s.address, worker: s == c.worker})
		if err != nil {
			return err
		}
		if s == c.worker {
			c.worker = next
		} else {
			c.server = next
		}
		f.servers[i] = next
		if err := errors.Join(f.waitUntilUp(ctx, len(f.servers)), t.enough(ctx, c)); err != nil {
			return err
		}
	}
	return nil
}

// crowdSize is how many clients ask at once.
const crowdSize = 500

// runHealth asks a service for its health while 500 clients draft needs at it: it must not say that it is ill.
func runHealth(ctx context.Context, t *trial) error {
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	c.load.stop()
	live := "/livez"
	if c.server.statusOf(ctx, live) == http.StatusNotFound {
		live = "/healthz"
	}
	c.load = newLoad(c.ground, c.history, c.server.endpoint())
	c.load.callers = crowdSize
	c.load.start()
	var alarms []string
	end := time.Now().Add(time.Duration(t.count(5, 20)) * time.Second)
	for time.Now().Before(end) && ctx.Err() == nil {
		began := time.Now()
		if status := c.server.statusOf(ctx, live); status != http.StatusOK {
			alarms = append(alarms, fmt.Sprintf("%s: status %d after %s", live, status, time.Since(began).Round(time.Millisecond)))
		}
		if !c.server.isReady(ctx) {
			alarms = append(alarms, fmt.Sprintf("not ready, after %s", time.Since(began).Round(time.Millisecond)))
		}
		<-time.After(100 * time.Millisecond) // the pace of a balancer
	}
	c.load.stop()
	t.addFindings("chaos.health_false_alarms", alarms)
	return t.settle(ctx, c.ground, c.history)
}
