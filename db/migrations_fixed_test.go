package db_test

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAppliedMigrationsAreNotEdited: a database that has applied a migration never sees what is changed in it afterwards. Correct it with a
// new one. A new migration adds its line: `sha256sum *.sql > checksums`, in db/migrations.
func TestAppliedMigrationsAreNotEdited(t *testing.T) {
	list, err := os.Open("migrations/checksums")
	must(t, err)
	defer list.Close()
	known := map[string]string{}
	for lines := bufio.NewScanner(list); lines.Scan(); {
		sum, name, _ := strings.Cut(lines.Text(), "  ")
		known[name] = sum
	}
	files, err := filepath.Glob("migrations/*.sql")
	must(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err)
		name := filepath.Base(file)
		switch sum := fmt.Sprintf("%x", sha256.Sum256(text)); known[name] {
		case sum:
		case "":
			t.Errorf("%s has no line in checksums", name)
		default:
			t.Errorf("%s was edited", name)
		}
		delete(known, name)
	}
	for name := range known {
		t.Errorf("%s is gone", name)
	}
}
