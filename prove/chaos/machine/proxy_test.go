package machine

import (
	"io"
	"net"
	"testing"
	"time"
)

// newEcho answers each connection with what it sends, and tells what came.
func newEcho(t *testing.T) (address string, came <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	arrived := make(chan string, 10)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				piece := make([]byte, 100)
				for {
					n, err := c.Read(piece)
					if err != nil {
						return
					}
					arrived <- string(piece[:n])
					_, _ = c.Write(piece[:n])
				}
			}()
		}
	}()
	return listener.Addr().String(), arrived
}

// TestProxyDoesWhatItIsToldTo: a request that is lost never arrives, one whose answer is lost does, and a black hole ends with a cut.
func TestProxyDoesWhatItIsToldTo(t *testing.T) {
	for _, c := range []struct {
		name              string
		does              Fault
		arrives, answered bool
	}{
		{"nothing", NoFault, true, true},
		{"late", Delay, true, true},
		{"the request is lost", LoseRequest, false, false},
		{"the answer is lost", LoseAnswer, true, false},
		{"black hole", BlackHole, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			address, came := newEcho(t)
			p, err := NewProxy("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			happened := make(chan bool, 1)
			p.InjectFaults(func([]byte) Fault { happened <- true; return c.does }, time.Millisecond)
			caller, err := net.Dial("tcp", p.Address())
			if err != nil {
				t.Fatal(err)
			}
			defer caller.Close()
			if _, err := caller.Write([]byte("COMMIT\x00")); err != nil {
				t.Fatal(err)
			}
			<-happened
			if c.arrives && !IsCommit([]byte(<-came)) {
				t.Error("something else came")
			}
			if c.does == BlackHole {
				p.CutAll()
			}
			_, err = io.ReadFull(caller, make([]byte, len("COMMIT\x00")))
			if (err == nil) != c.answered {
				t.Errorf("answered: %v", err)
			}
			select {
			case piece := <-came:
				t.Errorf("%q came", piece)
			default:
			}
		})
	}
}

func TestIsCommit(t *testing.T) {
	for piece, want := range map[string]bool{
		"Q\x00\x00\x00\x0bCOMMIT\x00": true, "BEGIN ISOLATION LEVEL READ COMMITTED\x00": false, "COMMIT": false, "": false,
	} {
		if IsCommit([]byte(piece)) != want {
			t.Errorf("%q: %v", piece, !want)
		}
	}
}
