package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"

	rules "github.com/southeasttogether/dps/market/directory"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// ImportSummary counts what became of the settings in a directory.
type ImportSummary struct {
	New        int `db:"new"`
	Updated    int `db:"updated"`    // those of them with a new URN
	Renumbered int `db:"renumbered"` // known before under another URN
	Closed     int `db:"closed"`
	Unchanged  int `db:"unchanged"`
	Unknown    int `db:"unknown"`    // closed, and not known here
	Superseded int `db:"superseded"` // already here under a newer URN
	Older      int `db:"older"`      // than what is here
	Incomplete int `db:"incomplete"` // new, without a name or district, or not known to be open
	Missing    int `db:"missing"`    // open here, imported before, and not in the file: not changed
	Strangers  int `db:"strangers"`  // in a district that is not known
	Outcodes   int // new, or moved
}

// LossError says that an import would close or miss more of the settings that are known here than it can.
type LossError struct {
	Closed, Missing, Known, StopAbove int
}

func (l *LossError) Error() string {
	return fmt.Sprintf("of %d open settings that were imported before, it would close %d and does not have %d, which is more than %d %%",
		l.Known, l.Closed, l.Missing, l.StopAbove)
}

// requireFewLost refuses an import that closes or misses too many.
func (i ImportSummary) requireFewLost(known, stopAbove int) error {
	if stopAbove > 0 && (100*i.Closed > stopAbove*known || 100*i.Missing > stopAbove*known) {
		return &LossError{i.Closed, i.Missing, known, stopAbove}
	}
	return nil
}

// importerActor is the actor of an import. No token can have its name.
var importerActor = policy.Actor{Person: "system", Role: policy.Importer}

// ErrNotImporter says that a login cannot act as the importer.
var ErrNotImporter = errors.New("this login cannot import: it must be dps_importer")

// errUnchanged says that a file contained nothing new, so that nothing is written, not even an event.
var errUnchanged = errors.New("the directory changed nothing")

// ImportDirectory imports a file of a directory in one transaction. Its lines go to a temporary table, and from there
// into the market's tables by one statement for each kind of change. A file that is broken or contains nothing new
// changes nothing. It needs the login dps_importer.
func ImportDirectory(ctx context.Context, d *engine.DB, from rules.DirectoryFile) (done ImportSummary, err error) {
	entered := false
	_, err = d.Change(ctx, importerActor, engine.Request{Act: "setting.import", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		entered = true
		lead, err := beginImport(ctx, t)
		if err != nil {
			return engine.Event{}, err
		}
		var known int
		if err := t.Get(ctx, &known, countKnown, from.Kind); err != nil {
			return engine.Event{}, err
		}
		if err := stageEntries(ctx, t, from); err != nil {
			return engine.Event{}, err
		}
		if done, err = mergeStaged(ctx, t, from); err == nil {
			err = done.requireFewLost(known, from.StopAbove)
		}
		if err == nil && done.New+done.Updated+done.Closed+done.Outcodes == 0 {
			err = errUnchanged
		}
		return engine.AuthorityEvent(lead, lead, done.changedNames(from)...), err
	})
	switch refusal := (*market.Refusal)(nil); {
	case errors.Is(err, errUnchanged):
		return done, nil
	case errors.As(err, &refusal) && !entered:
		return done, ErrNotImporter
	}
	return done, err
}

// changedNames are the names of what the import wrote.
func (i ImportSummary) changedNames(from rules.DirectoryFile) []string {
	var names []string
	if i.New+i.Updated+i.Closed > 0 {
		names = append(names, "settings "+strings.ToLower(string(from.Kind)))
	}
	if i.Outcodes > 0 {
		names = append(names, "outcodes")
	}
	return names
}

// beginImport waits for another import to end, and finds the lead authority, whose chain gets the event. A national
// file takes longer than a request is allowed to.
func beginImport(ctx context.Context, t *engine.Tx) (lead uuid.UUID, err error) {
	if err = t.TakeLong(ctx); err != nil {
		return uuid.Nil, err
	}
	if err = t.Lock(ctx, engine.LockImport()); err != nil {
		return uuid.Nil, err
	}
	return ReadLead(ctx, t)
}

// ReadLead is the authority that leads the region. Its log has what concerns the region as a whole.
func ReadLead(ctx context.Context, t *engine.Tx) (lead uuid.UUID, err error) {
	return lead, engine.AbsentIfNoRows(t.Get(ctx, &lead, "SELECT id FROM organisation WHERE lead"), "lead authority")
}

// stagedColumn is a value of an entry on its way into the database. If it is a column of setting, it has the same name.
type stagedColumn struct {
	name, sqlType string
	value         func(e *rules.DirectoryEntry) any
}

var stagedColumns = []stagedColumn{
	{"urn", "text NOT NULL", func(e *rules.DirectoryEntry) any { return e.Urn }},
	{"name", "text", func(e *rules.DirectoryEntry) any { return e.Name }},
	{"district", "text", func(e *rules.DirectoryEntry) any { return e.District }},
	{"outcode", "text", func(e *rules.DirectoryEntry) any { return e.Outcode }},
	{"age_low", "integer", func(e *rules.DirectoryEntry) any { return e.AgeLow }},
	{"age_high", "integer", func(e *rules.DirectoryEntry) any { return e.AgeHigh }},
	{"needs", "text[]", func(e *rules.DirectoryEntry) any { return pq.Array([]string(e.Needs)) }},
	{"places", "integer", func(e *rules.DirectoryEntry) any { return e.Places }},
	{"establishment_type", "text", func(e *rules.DirectoryEntry) any { return e.EstablishmentType }},
	{"gender", "text", func(e *rules.DirectoryEntry) any { return e.Gender }},
	{"section41", "boolean", func(e *rules.DirectoryEntry) any { return e.Section41 }},
	{"local_authority", "text", func(e *rules.DirectoryEntry) any { return e.LocalAuthority }},
	{"easting", "integer", func(e *rules.DirectoryEntry) any { return e.Easting }},
	{"northing", "integer", func(e *rules.DirectoryEntry) any { return e.Northing }},
	{"opened_on", "date", func(e *rules.DirectoryEntry) any { return dayOrNil(e.OpenedOn) }},
	{"directory_changed_on", "date", func(e *rules.DirectoryEntry) any { return dayOrNil(e.DirectoryChangedOn) }},
	{"dfe_number", "text", func(e *rules.DirectoryEntry) any { return e.DfENumber }},
	{"closed_on", "date", func(e *rules.DirectoryEntry) any { return dayOrNil(e.ClosedOn) }},
	{"closed", "boolean", func(e *rules.DirectoryEntry) any { return e.Closed }},
	{"closed_by", "boolean", func(e *rules.DirectoryEntry) any { return e.ClosedBy }},
	{"unread", "text[]", func(e *rules.DirectoryEntry) any { return pq.Array(e.Unread) }},
	{"below", "boolean", func(e *rules.DirectoryEntry) any { return e.BelowStandard }},
	{"unknown_judgement", "boolean", func(e *rules.DirectoryEntry) any { return e.UnknownJudgement }},
	{"previous_urn", "text", func(e *rules.DirectoryEntry) any { return e.PreviousURN }},
	{"body", "text", func(e *rules.DirectoryEntry) any { return inspectionOf(e).Body }},
	{"scale", "text", func(e *rules.DirectoryEntry) any { return inspectionOf(e).Scale }},
	{"value", "text", func(e *rules.DirectoryEntry) any { return inspectionOf(e).Value }},
	{"inspected_on", "date", func(e *rules.DirectoryEntry) any {
		if e.Inspection == nil {
			return nil
		}
		return e.Inspection.InspectedOn.Time
	}},
}

// settingColumnCount is how many of the staged columns, counted from the first, are columns of a setting that a
// directory can change.
const settingColumnCount = 18

func dayOrNil(d *market.Date) any {
	if d == nil {
		return nil
	}
	return d.Time
}

func inspectionOf(e *rules.DirectoryEntry) market.Inspection {
	if e.Inspection == nil {
		return market.Inspection{}
	}
	return *e.Inspection
}

// stageEntries copies the entries into a table that ends with the transaction. Addresses are encrypted there too.
func stageEntries(ctx context.Context, t *engine.Tx, from rules.DirectoryFile) error {
	definition, names := "", []string{}
	for _, c := range stagedColumns {
		definition += c.name + " " + c.sqlType + ", "
		names = append(names, c.name)
	}
	if _, err := t.Exec(ctx, "CREATE TEMPORARY TABLE staged ("+definition+"kind text DEFAULT "+pq.QuoteLiteral(string(from.Kind))+
		", address bytea, setting_id uuid, succeeds text, fate text) ON COMMIT DROP"); err != nil {
		return err
	}
	if err := copyEntries(ctx, t, append(names, "address"), from); err != nil {
		return err
	}
	for _, statement := range []string{"CREATE UNIQUE INDEX ON staged (urn)", "CREATE INDEX ON staged (setting_id)", "ANALYZE staged"} {
		if _, err := t.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func copyEntries(ctx context.Context, t *engine.Tx, columns []string, from rules.DirectoryFile) (err error) {
	into, err := t.CopyInto(ctx, "staged", columns)
	if err != nil {
		return err
	}
	defer func() {
		if closed := into.Close(); err == nil {
			err = t.NoteFailure(closed)
		}
	}()
	for entry, err := range from.Entries {
		if err != nil {
			return err
		}
		values, err := stagedValues(t, &entry)
		if err != nil {
			return err
		}
		if _, err := into.ExecContext(ctx, values...); err != nil {
			return t.NoteFailure(err)
		}
	}
	_, err = into.ExecContext(ctx)
	return t.NoteFailure(err)
}

func stagedValues(t *engine.Tx, e *rules.DirectoryEntry) ([]any, error) {
	values := make([]any, len(stagedColumns)+1)
	for i, c := range stagedColumns {
		values[i] = c.value(e)
	}
	if e.Address == "" {
		return values, nil
	}
	address, err := t.Keys().Protect(stagedAddressContext(e.Urn), []byte(e.Address))
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	values[len(stagedColumns)] = address
	return values, nil
}

// stagedAddressContext is the context that an address is encrypted with until the setting's id is known.
func stagedAddressContext(urn string) string { return "staged address:" + urn }
