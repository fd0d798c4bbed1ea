// Package canary_test plants secrets through the service, lets things go wrong, and then looks for each of them everywhere:
// in logs, errors, statements, plans, statistics, replies, dumps and the files of the database.
package canary_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// lockedBuffer is written to by one goroutine and read by another.
type lockedBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *lockedBuffer) bytesSoFar() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.all.Bytes())
}

// serverLog is what PostgreSQL itself says.
var serverLog lockedBuffer

func TestMain(m *testing.M) { postgrestest.MainLogging(m, &serverLog) }
