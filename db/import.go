package db

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// Imported counts what became of the settings that a directory tells of.
type Imported struct {
	New        int `db:"new"`
	Updated    int `db:"updated"`    // those under a new URN among them
	Renumbered int `db:"renumbered"` // known before under another URN
	Closed     int `db:"closed"`
	Unchanged  int `db:"unchanged"`
	Unknown    int `db:"unknown"`    // closed, and not known here
	Superseded int `db:"superseded"` // stands here under a newer URN
	Older      int `db:"older"`      // than what is here
	Missing    int `db:"missing"`    // open here, imported before, and not in the file: left as they are
	Outcodes   int // new, or moved
}

// importer is who acts when a directory is taken in. No token can carry the name.
var importer = policy.Actor{Person: "system", Role: policy.Importer}

// ErrNotImporter says that a login cannot act as the importer.
var ErrNotImporter = errors.New("this login may not import: it must be dps_importer")

// errUnchanged says that a file brought nothing new, so that nothing is written, no event either.
var errUnchanged = errors.New("the directory changed nothing")

// ImportDirectory takes a file of a directory in, in one transaction: its lines go to a table of the transaction's own, and
// from there into the market's by one statement for each thing that can become of them. A file that is broken, or that
// brings nothing new, changes nothing. It needs the login dps_importer.
func (d *DB) ImportDirectory(ctx context.Context, from market.Directory) (done Imported, err error) {
	entered := false
	_, err = d.Change(ctx, importer, Request{Act: "setting.import", Keyless: true}, func(t *Tx) (Event, error) {
		entered = true
		lead, err := t.beginImport(ctx)
		if err != nil {
			return Event{}, err
		}
		if err := t.stage(ctx, from); err != nil {
			return Event{}, err
		}
		if done, err = t.merge(ctx, from); err == nil && done.New+done.Updated+done.Closed+done.Outcodes == 0 {
			err = errUnchanged
		}
		return about(lead, lead, done.changed(from)...), err
	})
	switch refusal := (*market.Refusal)(nil); {
	case errors.Is(err, errUnchanged):
		return done, nil
	case errors.As(err, &refusal) && !entered:
		return done, ErrNotImporter
	}
	return done, err
}

// changed names what the import wrote.
func (i Imported) changed(from market.Directory) []string {
	var names []string
	if i.New+i.Updated+i.Closed > 0 {
		names = append(names, "settings "+strings.ToLower(string(from.Kind)))
	}
	if i.Outcodes > 0 {
		names = append(names, "outcodes")
	}
	return names
}

// beginImport waits for another import to end, and finds the lead authority, in whose chain the event stands. A national
// file takes longer than a request may.
func (t *Tx) beginImport(ctx context.Context) (lead uuid.UUID, err error) {
	if _, err = t.exec(ctx, "SELECT set_config('statement_timeout', '600000', true), pg_advisory_xact_lock(hashtextextended('import', 0))"); err != nil {
		return uuid.Nil, err
	}
	return lead, absent(t.get(ctx, &lead, "SELECT id FROM organisation WHERE lead"), "lead authority")
}

// column is a value of an entry on its way into the database. Those that are a column of setting have its name.
type column struct {
	name, kind string
	of         func(e *market.Entry) any
}

var staged = []column{
	{"urn", "text NOT NULL", func(e *market.Entry) any { return e.Urn }},
	{"name", "text", func(e *market.Entry) any { return e.Name }},
	{"district", "text", func(e *market.Entry) any { return e.District }},
	{"outcode", "text", func(e *market.Entry) any { return e.Outcode }},
	{"age_low", "integer", func(e *market.Entry) any { return e.AgeLow }},
	{"age_high", "integer", func(e *market.Entry) any { return e.AgeHigh }},
	{"needs", "text[]", func(e *market.Entry) any { return pq.Array([]string(e.Needs)) }},
	{"places", "integer", func(e *market.Entry) any { return e.Places }},
	{"establishment_type", "text", func(e *market.Entry) any { return e.EstablishmentType }},
	{"gender", "text", func(e *market.Entry) any { return e.Gender }},
	{"section41", "boolean", func(e *market.Entry) any { return e.Section41 }},
	{"local_authority", "text", func(e *market.Entry) any { return e.LocalAuthority }},
	{"easting", "integer", func(e *market.Entry) any { return e.Easting }},
	{"northing", "integer", func(e *market.Entry) any { return e.Northing }},
	{"opened_on", "date", func(e *market.Entry) any { return onDay(e.OpenedOn) }},
	{"directory_changed_on", "date", func(e *market.Entry) any { return onDay(e.DirectoryChangedOn) }},
	{"dfe_number", "text", func(e *market.Entry) any { return e.DfENumber }},
	{"closed_on", "date", func(e *market.Entry) any { return onDay(e.ClosedOn) }},
	{"previous_urn", "text", func(e *market.Entry) any { return e.PreviousURN }},
	{"body", "text", func(e *market.Entry) any { return inspected(e).Body }},
	{"scale", "text", func(e *market.Entry) any { return inspected(e).Scale }},
	{"value", "text", func(e *market.Entry) any { return inspected(e).Value }},
	{"inspected_on", "date", func(e *market.Entry) any {
		if e.Inspection == nil {
			return nil
		}
		return e.Inspection.InspectedOn.Time
	}},
}

// told are how many of the staged columns, from the front, are a setting's own that a directory may tell of.
const told = 17

func onDay(d *market.Date) any {
	if d == nil {
		return nil
	}
	return d.Time
}

func inspected(e *market.Entry) market.Inspection {
	if e.Inspection == nil {
		return market.Inspection{}
	}
	return *e.Inspection
}

// stage copies the entries into a table that ends with the transaction. An address is protected there too.
func (t *Tx) stage(ctx context.Context, from market.Directory) error {
	definition, names := "", []string{}
	for _, c := range staged {
		definition += c.name + " " + c.kind + ", "
		names = append(names, c.name)
	}
	if _, err := t.exec(ctx, "CREATE TEMPORARY TABLE staged ("+definition+"kind text DEFAULT "+pq.QuoteLiteral(string(from.Kind))+", address bytea, setting_id uuid, succeeds text, fate text) ON COMMIT DROP"); err != nil {
		return err
	}
	if err := t.copyEntries(ctx, append(names, "address"), from); err != nil {
		return err
	}
	for _, statement := range []string{"CREATE UNIQUE INDEX ON staged (urn)", "CREATE INDEX ON staged (setting_id)", "ANALYZE staged"} {
		if _, err := t.exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) copyEntries(ctx context.Context, columns []string, from market.Directory) (err error) {
	into, err := t.copyInto(ctx, "staged", columns)
	if err != nil {
		return err
	}
	defer func() {
		if closed := into.Close(); err == nil {
			err = t.keep(closed)
		}
	}()
	for entry, err := range from.Entries {
		if err != nil {
			return err
		}
		values, err := t.stagedValues(&entry)
		if err != nil {
			return err
		}
		if _, err := into.ExecContext(ctx, values...); err != nil {
			return t.keep(err)
		}
	}
	_, err = into.ExecContext(ctx)
	return t.keep(err)
}

func (t *Tx) stagedValues(e *market.Entry) ([]any, error) {
	values := make([]any, len(staged)+1)
	for i, c := range staged {
		values[i] = c.of(e)
	}
	if e.Address == "" {
		return values, nil
	}
	address, err := t.Keys().Protect(stagedAddress(e.Urn), []byte(e.Address))
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	values[len(staged)] = address
	return values, nil
}

// stagedAddress is what an address is protected for until the setting's id is known.
func stagedAddress(urn string) string { return "staged address:" + urn }
