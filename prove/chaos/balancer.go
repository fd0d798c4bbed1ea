package chaos

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"sync/atomic"
	"time"
)

// ownBalancer does what haproxy does, where there is none: it asks the processes in turn, and asks the next where one is away or refuses.
type ownBalancer struct {
	addresses []string
	turn      atomic.Int64
	next      http.Transport
}

// listenAt serves at an address until the function that it gives is called.
func (b *ownBalancer) listenAt(address string) (stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	front := &http.Server{
		Handler: &httputil.ReverseProxy{Transport: b, Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme = "http" }},
		// As long as a caller waits.
		ReadHeaderTimeout: requestLimit,
	}
	go func() { _ = front.Serve(listener) }()
	return func() { _ = front.Close() }, nil
}

// RoundTrip sends a request to one process after the other until one answers. That is safe, because each change has a key.
func (b *ownBalancer) RoundTrip(request *http.Request) (response *http.Response, err error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	first := int(b.turn.Add(1))
	for try := range 2 * len(b.addresses) {
		again := request.Clone(request.Context())
		again.URL.Host = b.addresses[(first+try)%len(b.addresses)]
		again.Body = io.NopCloser(bytes.NewReader(body))
		response, err = b.next.RoundTrip(again)
		if err == nil && response.StatusCode != http.StatusServiceUnavailable {
			return response, nil
		}
		if err == nil && try < 2*len(b.addresses)-1 {
			_ = response.Body.Close()
		}
		<-time.After(retryPause / 10) // so that one that is about to listen is not flooded
	}
	return response, err
}
