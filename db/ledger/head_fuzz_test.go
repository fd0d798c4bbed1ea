package ledger_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/ledger"
)

// FuzzParseHead: a line either is refused, or is a head that is written as the same line.
func FuzzParseHead(f *testing.F) {
	line := "2026-11-25T09:30:00.123456Z 7d3c0f6e-0a0d-4a3e-8a55-0d2a4a9f6a10 3 0a0b AAEC"
	for _, seed := range []string{
		line, line + "\n", " " + line, strings.ToUpper(line), "", "1 2 3 4 5", strings.Replace(line, "3", "+3", 1),
		strings.Replace(line, "AAEC", "AAED", 1),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		head, err := ledger.ParseHead(line)
		if err != nil {
			return
		}
		again, err := ledger.ParseHead(head.String())
		if err != nil || again.String() != head.String() || !again.SignedAt.Equal(head.SignedAt) {
			t.Fatalf("%q comes back as %q, %v", line, again, err)
		}
	})
}
