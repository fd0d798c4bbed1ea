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

// endPatience is how long each way of ending a child may take before a harder one follows.
const endPatience = 30 * time.Second

// child is a process that ends with this one.
type child struct {
	name     string
	process  *os.Process
	output   *outputTail
	ended    chan struct{} // closed when the process has ended
	endError error         // how it ended: valid after ended
}

// startChild starts cmd with its output going to log, which may be nil.
func startChild(cmd *exec.Cmd, log io.Writer) (*child, error) {
	c := &child{name: filepath.Base(cmd.Path), output: &outputTail{log: log}, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = c.output, c.output
	cmd.WaitDelay = endPatience // a grandchild that holds on to the output must not hold us
	started := make(chan error)
	go func() {
		// The signal at the parent's death is sent when the thread that forked ends, whatever its process does: the
		// thread has to outlive the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			c.endError = cmd.Wait()
			close(c.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.name, err)
	}
	c.process = cmd.Process
	return c, nil
}

// runToEnd runs cmd to its end and gives what it wrote last. A failure is told in the program's own words.
func runToEnd(ctx context.Context, cmd *exec.Cmd) (string, error) {
	c, err := startChild(cmd, nil)
	if err != nil {
		return "", err
	}
	select {
	case <-c.ended:
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), c.endProcess())
	}
	if c.endError != nil {
		return "", fmt.Errorf("%s failed (%w): %s", c.name, c.endError, c.output.failureReason())
	}
	return c.output.String(), nil
}

// endProcess asks the process to end, and then insists: SIGINT is PostgreSQL's fast and clean end, SIGQUIT leaves a
// recovery to the next start, SIGKILL cannot be refused. It waits for the end and returns how it ended, nil for a clean
// end.
func (c *child) endProcess() error {
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT, os.Kill} {
		if err := c.process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("ending %s: %w", c.name, err)
		}
		select {
		case <-c.ended:
			return c.endError
		case <-time.After(endPatience):
		}
	}
	return fmt.Errorf("%s (process %d) has not stopped", c.name, c.process.Pid)
}

// outputTail passes output on to log and remembers its end, which explains a failure.
type outputTail struct {
	log io.Writer

	mu         sync.Mutex
	lastOutput []byte
}

// tailLength is how much of the output's end is remembered, in bytes.
const tailLength = 4096

func (t *outputTail) Write(p []byte) (int, error) {
	if t.log != nil {
		// A log that fails must not stop PostgreSQL, which would see a broken pipe.
		_, _ = t.log.Write(p)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lastOutput = append(t.lastOutput, p...)
	t.lastOutput = t.lastOutput[max(0, len(t.lastOutput)-tailLength):]
	return len(p), nil
}

func (t *outputTail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.lastOutput)
}

// failureReason is the last message about a failure, or otherwise the last line.
func (t *outputTail) failureReason() string {
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
