package chaos

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

// process is a program that ends with the suite.
type process struct {
	name     string
	cmd      *exec.Cmd
	output   *lastOutput
	ended    chan struct{} // closed when it has ended
	endError error         // valid after ended
}

// startProcess starts cmd. The thread that forks waits for the end, because the kernel signals the child when that thread ends.
func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{name: filepath.Base(cmd.Path), cmd: cmd, output: &lastOutput{}, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = p.output, p.output, time.Second
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
			p.endError = cmd.Wait()
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", p.name, err)
	}
	return p, nil
}

// runProgram runs cmd to its end and gives what it wrote.
func runProgram(ctx context.Context, cmd *exec.Cmd) (string, error) {
	p, err := startProcess(cmd)
	if err != nil {
		return "", err
	}
	select {
	case <-p.ended:
	case <-ctx.Done():
		p.kill()
		return "", ctx.Err()
	}
	if p.endError != nil {
		return "", fmt.Errorf("%s: %w: %s", p.name, p.endError, p.output)
	}
	return p.output.String(), nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// kill ends the process and its children as a loss of power would, without a last word, and waits until it is gone.
func (p *process) kill() {
	children := childrenOf(p.pid())
	_ = p.cmd.Process.Kill()
	for _, pid := range children {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	<-p.ended
}

// stop asks for a clean end with SIGTERM and kills after the patience. It says how long the end took.
func (p *process) stop(patience time.Duration) (time.Duration, error) {
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return 0, err
	}
	select {
	case <-p.ended:
		return time.Since(began), p.endError
	case <-time.After(patience):
		p.kill()
		return time.Since(began), fmt.Errorf("%s did not end within %s", p.name, patience)
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

// waitFor asks a condition until it holds, at most for the patience.
func waitFor(ctx context.Context, what string, patience time.Duration, holds func(context.Context) bool) error {
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
