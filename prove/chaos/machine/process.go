// Package machine runs the programs, the clusters of PostgreSQL and the connections that faults are done to.
package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is a program that ends with the suite.
type Process struct {
	name     string
	cmd      *exec.Cmd
	Output   *lastOutput
	ended    chan struct{} // closed when it has ended
	EndError error         // valid after ended
}

// Start starts cmd. The thread that forks waits for the end, because the kernel signals the child when that thread ends.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{name: filepath.Base(cmd.Path), cmd: cmd, Output: &lastOutput{}, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = p.Output, p.Output, time.Second
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.EndError = cmd.Wait()
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", p.name, err)
	}
	return p, nil
}

// Run runs cmd to its end and gives what it wrote.
func Run(ctx context.Context, cmd *exec.Cmd) (string, error) {
	p, err := Start(cmd)
	if err != nil {
		return "", err
	}
	select {
	case <-p.ended:
	case <-ctx.Done():
		p.Kill()
		return "", ctx.Err()
	}
	if p.EndError != nil {
		return "", fmt.Errorf("%s: %w: %s", p.name, p.EndError, p.Output)
	}
	return p.Output.String(), nil
}

// PID is the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// HasEnded says whether the process is gone.
func (p *Process) HasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// Kill ends the process and its children as a loss of power would, without a last word, and waits until it is gone.
func (p *Process) Kill() {
	children := childrenOf(p.PID())
	_ = p.cmd.Process.Kill()
	for _, pid := range children {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	<-p.ended
}

// Stop asks for a clean end with SIGTERM, and kills after the patience.
func (p *Process) Stop(patience time.Duration) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return p.EndError
	case <-time.After(patience):
		p.Kill()
		return fmt.Errorf("%s did not end within %s", p.name, patience)
	}
}

// childrenOf reads the children of a process from /proc; none where there is no /proc.
func childrenOf(pid int) (all []int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%[1]d/task/%[1]d/children", pid))
	for _, field := range strings.Fields(string(text)) {
		if child, err := strconv.Atoi(field); err == nil {
			all = append(all, child)
		}
	}
	return all
}

// lastOutput keeps the last 4 KiB that a process wrote.
type lastOutput struct {
	mu   sync.Mutex
	kept []byte
}

func (o *lastOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept = append(o.kept, p...)
	o.kept = bytes.Clone(o.kept[max(0, len(o.kept)-4096):])
	return len(p), nil
}

func (o *lastOutput) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.TrimSpace(string(o.kept))
}

// WaitFor asks a condition until it holds, at most for the patience.
func WaitFor(ctx context.Context, what string, patience time.Duration, holds func(context.Context) bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if holds(ctx) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: not within %s: %w", what, patience, ctx.Err())
		}
	}
}
