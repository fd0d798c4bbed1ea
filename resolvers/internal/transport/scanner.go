package transport

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// Scanner is the address of a clamd that looks for malware in what is uploaded: host:port, or the path of its socket. Without one nothing
// is looked at. A file that cannot be looked at is not kept.
type Scanner string

// scanTime is how long a look may take.
const scanTime = 30 * time.Second

// mostReply is how many bytes of an answer are read.
const mostReply = 4096

// check refuses a file in which the scanner finds something.
func (s Scanner) check(ctx context.Context, content []byte) error {
	if s == "" {
		return nil
	}
	reply, err := s.scan(ctx, content)
	switch {
	case err != nil:
		slog.Warn("the scanner of uploads does not answer", "error", err.Error())
	case strings.HasSuffix(reply, ": OK"):
		return nil
	case strings.HasSuffix(reply, " FOUND"):
		return market.Refuse(market.Invalid, "The virus scanner found something in this file, so it was not kept: send a clean one.")
	default:
		slog.Warn("the scanner of uploads does not look", "reply", reply)
	}
	return rejected(http.StatusServiceUnavailable, coded.Unavailable,
		"Files cannot be checked for viruses at the moment, so this one was not kept: send it again later.")
}

// scan sends a file by clamd's command INSTREAM: chunks with their lengths before them, the last one empty. The answer ends with a zero.
func (s Scanner) scan(ctx context.Context, content []byte) (string, error) {
	ctx, stop := context.WithTimeout(ctx, scanTime)
	defer stop()
	network := "tcp"
	if strings.HasPrefix(string(s), "/") {
		network = "unix"
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, string(s))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return "", err
	}
	message := append([]byte("zINSTREAM\x00"), binary.BigEndian.AppendUint32(nil, uint32(len(content)))...) //nolint:gosec // at most 10 MB
	message = append(append(message, content...), 0, 0, 0, 0)
	if _, err := conn.Write(message); err != nil {
		return "", fmt.Errorf("sending: %w", err)
	}
	reply, err := io.ReadAll(io.LimitReader(conn, mostReply))
	if err != nil {
		return "", fmt.Errorf("reading: %w", err)
	}
	return string(bytes.TrimRight(reply, "\x00\n")), nil
}
