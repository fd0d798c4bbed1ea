// Package canary_test plants secrets through the service, lets things go wrong, and then looks for each of them everywhere:
// in logs, errors, statements, plans, statistics, replies, dumps and the files of the database.
package canary_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// buffer is written to by one goroutine and read by another.
type buffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *buffer) text() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.all.Bytes())
}

// serverLog is what PostgreSQL itself says.
var serverLog buffer

func TestMain(m *testing.M) { postgrestest.MainLogging(m, &serverLog) }
