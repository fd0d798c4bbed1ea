package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// request is one that can be sent: the GraphQL body and who asks.
type request struct{ body, authorization string }

// bytes is the request as it goes over the wire: written by hand, so that the client costs little beside the server.
func (r request) bytes() []byte {
	return fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAccept: application/json\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
		r.authorization, len(r.body), r.body)
}

// drive asks in a closed loop from so many connections, for so long; or, with a pace, begins so many requests a second
// in all and counts a request's time from when it should have begun.
type drive struct {
	address     string
	connections int
	length      time.Duration
	pace        float64
	next        func(*rand.Rand) request
	good        func(answer []byte) error // says what is wrong with an answer
}

// run gives how long each request took.
func (d drive) run(ctx context.Context) ([]time.Duration, error) {
	all := make([][]time.Duration, d.connections)
	failed := make([]error, d.connections)
	start := time.Now()
	var group sync.WaitGroup
	for i := range d.connections {
		group.Go(func() { all[i], failed[i] = d.loop(ctx, i, start) })
	}
	group.Wait()
	return slices.Concat(all...), errors.Join(failed...)
}

func (d drive) loop(ctx context.Context, i int, start time.Time) (took []time.Duration, err error) {
	w, err := dial(d.address)
	if err != nil {
		return nil, err
	}
	defer w.conn.Close()
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), uint64(i)))
	for n := 0; ctx.Err() == nil; n++ {
		began := d.wait(start, i, n)
		if n > 0 && began.Sub(start) > d.length { // once at least, so that there is something to tell on the slowest machine
			return took, nil
		}
		answer, err := w.ask(d.next(random))
		if err == nil {
			err = d.good(answer)
		}
		if err != nil {
			return took, err
		}
		took = append(took, time.Since(began))
	}
	return took, ctx.Err()
}

// wire is one connection that is kept.
type wire struct {
	conn   net.Conn
	reader *bufio.Reader
	answer bytes.Buffer
}

func dial(address string) (*wire, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &wire{conn: conn, reader: bufio.NewReaderSize(conn, 1<<16)}, nil
}

// ask gives the body of the answer, which the next one overwrites.
func (w *wire) ask(r request) ([]byte, error) {
	if _, err := w.conn.Write(r.bytes()); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(w.reader, nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	w.answer.Reset()
	_, err = io.Copy(&w.answer, response.Body)
	return w.answer.Bytes(), err
}

// wait waits for the turn of a connection's n-th request and says when it is.
func (d drive) wait(start time.Time, i, n int) time.Time {
	if d.pace == 0 {
		return time.Now()
	}
	turn := start.Add(time.Duration(float64(n*d.connections+i) / d.pace * float64(time.Second)))
	time.Sleep(time.Until(turn))
	return turn
}

// percentile is the time within which that share of the requests was answered.
func percentile(took []time.Duration, share float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(len(took)-1, int(share*float64(len(took))))]
}
