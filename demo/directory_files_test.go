package demo_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/registers"
)

// TestRegionFilesAreReadAsRealOnes: the region's files are read as real ones are, and hold what the region needs.
func TestRegionFilesAreReadAsRealOnes(t *testing.T) {
	columns, err := registers.ReadColumnMap(strings.NewReader(demo.OfstedMap))
	if err != nil {
		t.Fatal(err)
	}
	schools, err := registers.OpenGIAS(demo.GIASFile(), market.NewDate(2026, 7, 1))
	if err != nil {
		t.Fatal(err)
	}
	homes, err := registers.OpenOfsted(demo.OfstedFile(), columns, market.NewDate(2026, 7, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file         *registers.File
		open, closed int
	}{{schools, 211, 5}, {homes, 210, 0}} {
		if err := c.file.Read(); err != nil || c.file.Open != c.open || c.file.Closed != c.closed || c.file.Rejected != 0 {
			t.Errorf("open %d, closed %d, rejected %d: %v", c.file.Open, c.file.Closed, c.file.Rejected, err)
		}
	}
}
