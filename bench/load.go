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

// wireBytes is the request as it is sent: written by hand, so that the client costs little compared with the server.
func (r request) wireBytes() []byte {
	return fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAccept: "+
		"application/json\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
		r.authorization, len(r.body), r.body)
}

// loadDriver asks in a closed loop over a number of connections for some time. With a pace, it begins that number of
// requests a second in all, and counts a request's time from when it should have begun.
type loadDriver struct {
	address     string
	connections int
	duration    time.Duration
	pace        float64
	nextRequest func(*rand.Rand) request
	checkAnswer func(answer []byte) error // says what is wrong with an answer
}

// runLoad gives how long each request took.
func (d loadDriver) runLoad(ctx context.Context) ([]time.Duration, error) {
	all := make([][]time.Duration, d.connections)
	failed := make([]error, d.connections)
	start := time.Now()
	var group sync.WaitGroup
	for i := range d.connections {
		group.Go(func() { all[i], failed[i] = d.runConnection(ctx, i, start) })
	}
	group.Wait()
	return slices.Concat(all...), errors.Join(failed...)
}

func (d loadDriver) runConnection(ctx context.Context, i int, start time.Time) (took []time.Duration, err error) {
	w, err := dialService(d.address)
	if err != nil {
		return nil, err
	}
	defer w.conn.Close()
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), uint64(i)))
	for n := 0; ctx.Err() == nil; n++ {
		began := d.waitForTurn(start, i, n)
		if n > 0 && began.Sub(start) > d.duration { // once at least, so that there is something to tell on the slowest machine
			return took, nil
		}
		answer, err := w.sendRequest(d.nextRequest(random))
		if err == nil {
			err = d.checkAnswer(answer)
		}
		if err != nil {
			return took, err
		}
		took = append(took, time.Since(began))
	}
	return took, ctx.Err()
}

// keptConnection is one connection that is kept.
type keptConnection struct {
	conn   net.Conn
	reader *bufio.Reader
	answer bytes.Buffer
}

func dialService(address string) (*keptConnection, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &keptConnection{conn: conn, reader: bufio.NewReaderSize(conn, 1<<16)}, nil
}

// sendRequest gives the body of the answer, which the next one overwrites.
func (w *keptConnection) sendRequest(r request) ([]byte, error) {
	if _, err := w.conn.Write(r.wireBytes()); err != nil {
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

// waitForTurn waits for the turn of a connection's n-th request and returns its time.
func (d loadDriver) waitForTurn(start time.Time, i, n int) time.Time {
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
