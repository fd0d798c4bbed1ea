package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
)

func aHead(position int64) db.Head {
	return db.Head{Chain: uuid.MustParse("7d3c0f6e-0a0d-4a3e-8a55-0d2a4a9f6a10"), Position: position, Hash: []byte{1, 2, 3}, Signature: []byte{4, 5},
		SignedAt: time.Date(2026, 11, 25, 9, 30, 0, 123456000, time.UTC)}
}

// TestHeadsAreKept: each once, in the order in which they came, and read as they were written.
func TestHeadsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads")
	var kept []db.Head
	for _, found := range [][]db.Head{{aHead(3)}, {aHead(3)}, {aHead(5)}} {
		read, err := readHeads(path)
		if err != nil || !slices.EqualFunc(read, kept, func(a, b db.Head) bool { return a.String() == b.String() }) {
			t.Fatalf("read %v, %v; kept were %v", read, err, kept)
		}
		added, err := addHeads(path, read, found)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, found[:added]...)
	}
	if len(kept) != 2 {
		t.Errorf("%d heads were kept", len(kept))
	}
}

// TestDamagedHeadsAreNamed: what was cut short or changed is no head, and no run goes on as if there were none.
func TestDamagedHeadsAreNamed(t *testing.T) {
	line := aHead(3).String()
	for name, text := range map[string]string{
		"cut short": line + "\n" + line, "cut in a word": line + "\n" + line[:len(line)/2], "empty line": line + "\n\n", "another text": line + "\nheads\n",
		"too long": line + "\n" + line + " 1\n", "no number": line + "\n" + strings.Replace(line, " 3 ", " three ", 1) + "\n",
	} {
		path := filepath.Join(t.TempDir(), "heads")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readHeads(path); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
