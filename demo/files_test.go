package demo_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/registers"
)

// TestFiles: the region's files are read as real ones are, and hold what the region needs.
func TestFiles(t *testing.T) {
	columns, err := registers.ReadMap(strings.NewReader(demo.OfstedMap))
	if err != nil {
		t.Fatal(err)
	}
	schools, err := registers.GIAS(demo.GIAS())
	if err != nil {
		t.Fatal(err)
	}
	homes, err := registers.Ofsted(demo.Ofsted(), columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file                *registers.File
		open, closed, wrong int
	}{{schools, 210, 5, 1}, {homes, 210, 0, 0}} {
		if err := c.file.Read(); err != nil || c.file.Open != c.open || c.file.Closed != c.closed || c.file.Wrong != c.wrong {
			t.Errorf("%+v: %v", c.file, err)
		}
	}
}
