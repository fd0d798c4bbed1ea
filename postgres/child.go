package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long each way of ending a child may take before a harder one follows.
const patience = 30 * time.Second

// child is a process that ends with this one.
type child struct {
	name    string
	process *os.Process
	output  *tail
	ended   chan struct{} // closed when the process has ended
	err     error         // how it ended: valid after ended
}

// startChild starts cmd with its output going to log, which may be nil.
func startChild(cmd *exec.Cmd, log io.Writer) (*child, error) {
	c := &child{name: filepath.Base(cmd.Path), output: &tail{log: log}, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = c.output, c.output
	cmd.WaitDelay = patience // a grandchild that holds on to the output must not hold us
	started := make(chan error)
	go func() {
		// The signal at the parent's death is sent when the thread that forked ends, whatever its process does: the
		// thread has to outlive the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			c.err = cmd.Wait()
			close(c.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.name, err)
	}
	c.process = cmd.Process
	return c, nil
}

// run runs cmd to its end and gives what it wrote last. A failure is told in the program's own words.
func run(ctx context.Context, cmd *exec.Cmd) (string, error) {
	c, err := startChild(cmd, nil)
	if err != nil {
		return "", err
	}
	select {
	case <-c.ended:
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), c.end())
	}
	if c.err != nil {
		return "", fmt.Errorf("%s failed (%w): %s", c.name, c.err, c.output.reason())
	}
	return c.output.String(), nil
}

// end asks the process to end, and insists: SIGINT is PostgreSQL's fast and clean end, SIGQUIT leaves a recovery to the
// next start, SIGKILL needs no consent. It waits for the end and returns how it came about, nil for a clean one.
func (c *child) end() error {
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT, os.Kill} {
		if err := c.process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("ending %s: %w", c.name, err)
		}
		select {
		case <-c.ended:
			return c.err
		case <-time.After(patience):
		}
	}
	return fmt.Errorf("%s (process %d) does not end", c.name, c.process.Pid)
}

// tail passes output on to log and remembers its end, by which a failure is explained.
type tail struct {
	log io.Writer

	mu  sync.Mutex
	end []byte
}

// tailLength is how much of the output's end is remembered, in bytes.
const tailLength = 4096

func (t *tail) Write(p []byte) (int, error) {
	if t.log != nil {
		// A log that fails must not stop PostgreSQL, which would see a broken pipe.
		_, _ = t.log.Write(p)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, p...)
	t.end = t.end[max(0, len(t.end)-tailLength):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.end)
}

// reason is the last message that tells of a failure, or else the last line.
func (t *tail) reason() string {
	lines := strings.Split(strings.TrimSpace(t.String()), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		for _, mark := range []string{"FATAL: ", "PANIC: ", "error: "} {
			if _, message, ok := strings.Cut(lines[i], mark); ok {
				return strings.TrimSpace(message)
			}
		}
	}
	return lines[len(lines)-1]
}
