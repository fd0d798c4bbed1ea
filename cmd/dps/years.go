package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/demo/years"
)

// liveYears runs the requested years, reports what was done, and says whether there was anything to run.
func (d *demonstration) liveYears(ctx context.Context, world demo.World) (bool, error) {
	if d.years == 0 {
		return false, nil
	}
	importer, err := db.Open(ctx, db.Config{URL: d.server.URL("dps_importer", databaseName), Policy: d.policy, Keyring: d.keys, Pool: 1})
	if err != nil {
		return false, err
	}
	defer importer.Close()
	life := years.Life{
		World: world, Span: time.Duration(d.years) * 365 * 24 * time.Hour, Seed: 1,
		Wake: func(ctx context.Context) error {
			_, err := record.Work(ctx, d.worker)
			return err
		},
		Inspect: func(ctx context.Context, urn, found string, on time.Time) error {
			return years.ImportInspection(ctx, importer, urn, found, on)
		},
	}
	if lived, err := life.Lived(ctx); err != nil || lived {
		return false, err
	}
	fmt.Fprintf(d.out, "\nNow the story of the whole region over %d years. This takes some minutes.\n", d.years)
	began := time.Now()
	lived, err := life.Live(ctx)
	if err != nil {
		return true, fmt.Errorf("the years were interrupted (%w); remove the folder %s to run them again", err, d.folder)
	}
	d.reportYears(lived, time.Since(began))
	return true, nil
}

func (d *demonstration) reportYears(lived years.Summary, took time.Duration) {
	fmt.Fprintf(d.out, "It is %s now: %d requests in %.0f seconds.\n", lived.Until.Format("2 January 2006"), lived.Requests, took.Seconds())
	names := slices.SortedFunc(maps.Keys(lived.Changes),
		func(a, b string) int { return lived.Changes[b]*1000 - lived.Changes[a]*1000 + strings.Compare(a, b) })
	for _, name := range names {
		fmt.Fprintf(d.out, "%6d %s\n", lived.Changes[name], name)
	}
}
