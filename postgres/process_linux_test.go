package postgres

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// processesIn counts the processes that work in dir or below: initdb and all of PostgreSQL's do.
func processesIn(t *testing.T, dir string) (count int) {
	t.Helper()
	works, err := filepath.Glob("/proc/[0-9]*/cwd")
	must(t, err)
	for _, link := range works {
		if at, err := os.Readlink(link); err == nil && (at == dir || strings.HasPrefix(at, dir+"/")) {
			count++
		}
	}
	return count
}

// parentProgram is another program that has a PostgreSQL on dir.
type parentProgram struct {
	*exec.Cmd
	output *bufio.Reader
}

func startParent(t *testing.T, dir string) parentProgram {
	t.Helper()
	program, err := os.Executable()
	must(t, err)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), parentFolderVariable+"="+dir)
	cmd.Stderr = os.Stderr
	_, err = cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return parentProgram{cmd, bufio.NewReader(out)}
}

// readURL is the address of its PostgreSQL, once it runs.
func (p parentProgram) readURL(t *testing.T) string {
	t.Helper()
	line, err := p.output.ReadString('\n')
	must(t, err)
	return strings.TrimSpace(line)
}

func (p parentProgram) killParent(t *testing.T) {
	t.Helper()
	must(t, p.Process.Kill())
	var killed *exec.ExitError
	if err := p.Wait(); !errors.As(err, &killed) {
		t.Fatalf("killed, but: %v", err)
	}
}

func TestKilledParentLeavesNoOrphan(t *testing.T) {
	dir := newDir(t)
	p := startParent(t, dir)
	db := openDatabase(t, p.readURL(t))
	execStatement(t, db, `create table kept as select 'committed' word`)
	if processesIn(t, dir) == 0 {
		t.Fatal("a running PostgreSQL is not seen")
	}
	p.killParent(t)
	waitUntil(t, "PostgreSQL ends", func() bool { return processesIn(t, dir) == 0 })

	var log bytes.Buffer
	s := startServer(t, Options{Dir: dir, Log: &log})
	if got := queryValue[string](t, connectAsSuperuser(t, s), `select word from kept`); got != "committed" {
		t.Errorf("kept: %s", got)
	}
	must(t, s.Stop())
	if strings.Contains(log.String(), "not properly shut down") {
		t.Errorf("PostgreSQL was cut off:\n%s", &log)
	}
}

func TestStartWaitsForAPredecessorThatIsEnding(t *testing.T) {
	dir := newDir(t)
	p := startParent(t, dir)
	db := openDatabase(t, p.readURL(t))
	// A frozen session holds up the end of its server for as long as the test needs.
	session := queryValue[int](t, db, `select pg_backend_pid()`)
	must(t, syscall.Kill(session, syscall.SIGSTOP))
	p.killParent(t)
	waitUntil(t, "PostgreSQL is told of its parent's end", func() bool {
		said, ok := readPidFile(filepath.Join(dir, "data"))
		return ok && said.status == "stopping"
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := Start(ctx, Options{Dir: dir}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("did not wait: %v", err)
	}
	must(t, syscall.Kill(session, syscall.SIGCONT))
	startServer(t, Options{Dir: dir})
}

func TestStartNamesAForeignServer(t *testing.T) {
	dir := newDir(t)
	s := startServer(t, Options{Dir: dir})
	// Without our lock it is to us as if somebody had started it by hand.
	must(t, syscall.Flock(int(s.folder.lock.Fd()), syscall.LOCK_UN))
	pid := s.postmaster.process.Pid
	if message := startError(t, Options{Dir: dir}); !strings.Contains(message, fmt.Sprintf("kill -INT %d", pid)) {
		t.Error("unhelpful")
	}
	if got := queryValue[int](t, connectAsSuperuser(t, s), "select 1"); got != 1 {
		t.Error("it is harmed")
	}
}

// After a restart of a container the number in a left-over postmaster.pid is soon another process's.
func TestStartWithAStalePidFile(t *testing.T) {
	dir := newDir(t)
	s := startServer(t, Options{Dir: dir})
	file := filepath.Join(dir, "data", "postmaster.pid")
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, s.Stop())

	bystander := exec.Command("sleep", "1000")
	bystander.Dir, bystander.SysProcAttr = "/", s.folder.owner.attributes()
	must(t, bystander.Start())
	t.Cleanup(func() { _, _ = bystander.Process.Kill(), bystander.Wait() })
	_, rest, _ := strings.Cut(string(text), "\n")
	must(t, os.WriteFile(file, []byte(strconv.Itoa(bystander.Process.Pid)+"\n"+rest), 0o600))
	must(t, os.Chown(file, s.folder.owner.uid, s.folder.owner.gid))
	startServer(t, Options{Dir: dir})
}

func TestKilledInitdbLeavesNoHalfCluster(t *testing.T) {
	dir := newDir(t)
	p := startParent(t, dir)
	waitUntil(t, "initdb has begun", func() bool {
		begun, err := filepath.Glob(filepath.Join(dir, "*", "PG_VERSION"))
		return err == nil && len(begun) > 0
	})
	p.killParent(t)
	if _, err := os.Stat(filepath.Join(dir, "data")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a cluster is there: %v", err)
	}
	s := startServer(t, Options{Dir: dir})
	must(t, s.Stop())
	waitUntil(t, "the killed initdb ends", func() bool { return processesIn(t, dir) == 0 })
	startServer(t, Options{Dir: dir})
	left, err := filepath.Glob(filepath.Join(dir, "new-*"))
	must(t, err)
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// onThreadThatEnds runs f on a thread that ends after it, and gives the thread's number.
func onThreadThatEnds(f func()) int {
	thread := make(chan int)
	go func() {
		runtime.LockOSThread()
		if syscall.Gettid() == syscall.Getpid() { // the first thread never ends: hold it, and take another
			defer runtime.UnlockOSThread()
			thread <- onThreadThatEnds(f)
			return
		}
		f()
		thread <- syscall.Gettid() // and stay locked, which ends the thread with this goroutine
	}()
	return <-thread
}

// Linux sends the signal at a parent's death when the thread that forked ends.
func TestServerOutlivesTheThreadThatStartedIt(t *testing.T) {
	var s *Server
	var err error
	dir := newDir(t)
	thread := onThreadThatEnds(func() { s, err = tryStart(t, Options{Dir: dir}) })
	must(t, err)
	t.Cleanup(func() { must(t, s.Stop()) })
	waitUntil(t, "the thread ends", func() bool {
		_, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", thread))
		return errors.Is(err, fs.ErrNotExist)
	})
	if got := queryValue[int](t, connectAsSuperuser(t, s), "select 1"); got != 1 {
		t.Error(got)
	}
}

// A terminal sends Ctrl-C to the whole group; PostgreSQL has to wait until the program has finished with it.
func TestServerHasItsOwnProcessGroup(t *testing.T) {
	s := startServer(t, Options{Dir: newDir(t)})
	group, err := syscall.Getpgid(s.postmaster.process.Pid)
	must(t, err)
	if group == syscall.Getpgrp() {
		t.Error("PostgreSQL is in the group of the program")
	}
}

func TestStartAsRootStepsDown(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	t.Run("to a user who may pass through what is made for it", func(t *testing.T) {
		before := syscall.Umask(0o077)
		defer syscall.Umask(before)
		s := startServer(t, Options{Dir: filepath.Join(newDir(t), "missing", "too")})
		info, err := os.Stat(fmt.Sprintf("/proc/%d", s.postmaster.process.Pid))
		must(t, err)
		if uid, _ := ownerOf(info); uid == 0 {
			t.Error("PostgreSQL runs as root")
		}
	})
	t.Run("and names the folder that is closed to that user", func(t *testing.T) {
		closed := filepath.Dir(newDir(t))
		must(t, os.Chmod(closed, 0o700))
		message := startError(t, Options{Dir: filepath.Join(closed, "open", "cluster")})
		if !strings.Contains(message, "chmod a+x "+closed+"`") {
			t.Error("unhelpful")
		}
	})
	t.Run("and leaves another user's data alone", func(t *testing.T) {
		dir := newDir(t)
		s := startServer(t, Options{Dir: dir})
		must(t, s.Stop())
		must(t, os.Chown(filepath.Join(dir, "data"), 12345, 12345))
		if message := startError(t, Options{Dir: dir}); !strings.Contains(message, "12345") {
			t.Error("unhelpful")
		}
	})
}
