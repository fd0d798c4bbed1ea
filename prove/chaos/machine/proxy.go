package machine

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Fault is what the proxy does to one piece of traffic.
type Fault int

// The faults.
const (
	NoFault     Fault = iota
	LoseRequest       // the connection is reset before the piece goes on
	LoseAnswer        // the piece goes on, and the connection is reset before anything comes back
	BlackHole         // the piece and all that follows vanish, and the connection stays open
	Delay             // the piece goes on late
)

// Proxy carries TCP from a port of loopback to a target, and does faults to what callers send.
type Proxy struct {
	listener net.Listener

	mu     sync.Mutex
	target dialTarget
	open   map[net.Conn]bool
	inject func(piece []byte) Fault // nil for none
	late   time.Duration            // of a delay
}

type dialTarget struct{ network, address string }

// NewProxy listens at a free port for what goes to an address.
func NewProxy(network, address string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: listener, target: dialTarget{network, address}, open: map[net.Conn]bool{}}
	go p.acceptAll()
	return p, nil
}

// Address is where the proxy listens.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Close ends the proxy and all connections through it.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.CutAll()
}

// CutAll resets every connection.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		reset(c)
	}
}

// Retarget sends new connections elsewhere and cuts the old ones.
func (p *Proxy) Retarget(network, address string) {
	p.mu.Lock()
	p.target = dialTarget{network, address}
	p.mu.Unlock()
	p.CutAll()
}

// InjectFaults asks choose about every piece that a caller sends; nil ends the faults.
func (p *Proxy) InjectFaults(choose func([]byte) Fault, late time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inject, p.late = choose, late
}

func (p *Proxy) acceptAll() {
	for {
		caller, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.carry(caller)
	}
}

func (p *Proxy) carry(caller net.Conn) {
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	server, err := net.DialTimeout(target.network, target.address, 2*time.Second)
	if err != nil {
		reset(caller)
		return
	}
	p.track(caller, server)
	defer p.forget(caller, server)
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_, _ = io.Copy(caller, server)
		_ = caller.Close()
	}()
	p.carryRequests(caller, server)
	<-answered
}

// carryRequests carries what the caller sends until either end closes or a fault ends it.
func (p *Proxy) carryRequests(caller, server net.Conn) {
	piece := make([]byte, 64<<10)
	defer server.Close()
	for {
		n, err := caller.Read(piece)
		if n > 0 && !p.pass(piece[:n], caller, server) {
			return
		}
		if err != nil {
			return
		}
	}
}

// pass carries one piece, with its fault, and says whether the connection lives on.
func (p *Proxy) pass(piece []byte, caller, server net.Conn) bool {
	p.mu.Lock()
	choose, late := p.inject, p.late
	p.mu.Unlock()
	happens := NoFault
	if choose != nil {
		happens = choose(piece)
	}
	switch happens {
	case LoseRequest:
		reset(caller)
		return false
	case LoseAnswer:
		reset(caller) // before the piece goes on: the answer finds nobody
		_, _ = server.Write(piece)
		return false
	case BlackHole:
		_, _ = io.Copy(io.Discard, caller) // until the caller gives up
		return false
	case Delay:
		time.Sleep(late) // the fault itself, and no wait for something
	}
	_, err := server.Write(piece)
	return err == nil
}

func (p *Proxy) track(all ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range all {
		p.open[c] = true
	}
}

func (p *Proxy) forget(all ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range all {
		delete(p.open, c)
		_ = c.Close()
	}
}

// reset closes a connection so that its other end is told of a failure and not of an end.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return
	}
}

// IsCommit says whether a piece of PostgreSQL's protocol ends a transaction with COMMIT.
func IsCommit(piece []byte) bool { return bytes.Contains(piece, []byte("COMMIT\x00")) }
