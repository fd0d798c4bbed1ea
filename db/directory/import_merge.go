package directory

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	rules "github.com/southeasttogether/dps/market/directory"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// matchStatements find the setting for each line: by URN; by an earlier URN, if the line is from an older file; or by
// the earlier URN or the DfE number in the line, if that setting is not open under its old URN any more.
var matchStatements = []string{
	`UPDATE staged g SET setting_id = s.id FROM setting s WHERE s.kind = g.kind AND s.urn = g.urn`,
	`UPDATE staged g SET fate = 'SUPERSEDED' FROM (SELECT kind, unnest(previous_urns) AS urn FROM setting) s
		WHERE s.kind = g.kind AND s.urn = g.urn AND g.setting_id IS NULL`,
	`UPDATE staged g SET setting_id = known.id, succeeds = known.urn FROM (
			SELECT DISTINCT ON (s.id) s.id, s.urn, n.urn AS now FROM setting s JOIN staged n ON s.urn = n.previous_urn OR s.dfe_number = n.dfe_number
			WHERE s.kind = n.kind AND n.setting_id IS NULL AND n.fate IS NULL AND NOT n.closed
				AND NOT EXISTS (SELECT FROM staged o WHERE o.setting_id = s.id AND NOT o.closed)
			ORDER BY s.id, n.opened_on DESC NULLS LAST, n.urn DESC) known
		WHERE g.urn = known.now`,
	`UPDATE staged g SET setting_id = NULL, fate = 'SUPERSEDED' FROM staged n
		WHERE n.setting_id = g.setting_id AND n.succeeds = g.urn`,
	`UPDATE staged g SET fate = 'UNKNOWN' WHERE g.setting_id IS NULL AND g.fate IS NULL AND g.closed`,
	`UPDATE staged g SET fate = 'INCOMPLETE' WHERE g.setting_id IS NULL AND g.fate IS NULL
		AND g.unread && ARRAY['name', 'district', 'closed_on']`,
	`UPDATE staged g SET district = d.name, local_authority = coalesce(g.local_authority, d.local_authority)
		FROM district d WHERE dps.fold_area(d.name) = dps.fold_area(g.district)`,
	`UPDATE staged g SET district = a.name, local_authority = coalesce(g.local_authority, a.code)
		FROM local_authority a WHERE dps.fold_area(a.name) = dps.fold_area(g.district)
		AND NOT EXISTS (SELECT FROM district d WHERE d.name = g.district)`,
	`UPDATE staged g SET fate = 'OLDER' FROM setting s WHERE s.id = g.setting_id AND g.directory_changed_on < s.directory_changed_on`,
	`UPDATE staged g SET fate = 'NEW', setting_id = gen_random_uuid() WHERE g.setting_id IS NULL AND g.fate IS NULL`,
}

// mergeStaged writes what is staged into the market's tables, and counts.
func mergeStaged(ctx context.Context, t *engine.Tx, from rules.DirectoryFile) (done ImportSummary, err error) {
	for _, statement := range slices.Concat(matchStatements, []string{
		insertNewSettings(), updateChangedSettings(from.Columns),
		closeSettings,
	}) {
		if _, err := t.Exec(ctx, statement); err != nil {
			return done, err
		}
	}
	for _, statement := range []string{keepInspections, keepJudgements} {
		if _, err := t.Exec(ctx, statement); err != nil {
			return done, err
		}
	}
	if slices.Contains(from.Columns, "address") {
		if err := keepAddresses(ctx, t); err != nil {
			return done, err
		}
	}
	if done.Outcodes, err = keepOutcodes(ctx, t, from.Outcodes()); err != nil {
		return done, err
	}
	outcodes := done.Outcodes
	err = t.Get(ctx, &done, countStaged, from.Kind)
	done.Outcodes = outcodes
	return done, err
}

func insertNewSettings() string {
	var names []string
	for _, c := range stagedColumns[:settingColumnCount] {
		names = append(names, c.name)
	}
	list := strings.Join(names, ", ")
	return "INSERT INTO setting (id, kind, vacancies_at, imported_at, " + list + ") SELECT setting_id, kind, NULL, dps.now(), " + list +
		" FROM staged WHERE fate = 'NEW'"
}

// updateChangedSettings writes the columns that the file has, if one of them differs. A setting that is listed as open
// is open, even if it was closed before.
func updateChangedSettings(columns []string) string {
	set, oldValues, newValues := []string{}, []string{"s.urn"}, []string{"g.urn"}
	for _, c := range stagedColumns[1:settingColumnCount] { // urn is the first
		said := fmt.Sprintf("CASE WHEN '%[1]s' = ANY (g.unread) THEN s.%[1]s ELSE g.%[1]s END", c.name)
		switch {
		case c.name == "local_authority" && !slices.Contains(columns, c.name): // it follows from the district
			said = "coalesce(g.local_authority, s.local_authority)"
		case c.name != "closed_on" && !slices.Contains(columns, c.name):
			continue
		}
		set = append(set, c.name+" = "+said)
		oldValues, newValues = append(oldValues, "s."+c.name), append(newValues, said)
	}
	return fmt.Sprintf(`WITH done AS (
		UPDATE setting s SET urn = g.urn, imported_at = dps.now(), %s,
			previous_urns = CASE WHEN g.succeeds IS NULL THEN s.previous_urns ELSE s.previous_urns || g.succeeds END
		FROM staged g WHERE s.id = g.setting_id AND g.fate IS NULL AND NOT g.closed AND s.kind = g.kind AND (%s) IS DISTINCT FROM (%s)
		RETURNING s.id)
		UPDATE staged g SET fate = 'UPDATED' FROM done WHERE done.id = g.setting_id AND g.fate IS NULL`,
		strings.Join(set, ", "), strings.Join(oldValues, ", "), strings.Join(newValues, ", "))
}

const closeSettings = `WITH done AS (
	UPDATE setting s SET closed_on = g.closed_on, directory_changed_on = coalesce(g.directory_changed_on, s.directory_changed_on), imported_at
	= dps.now()
	FROM staged g WHERE s.id = g.setting_id AND g.fate IS NULL AND s.kind = g.kind AND g.closed AND s.closed_on IS DISTINCT
	FROM g.closed_on AND NOT coalesce(g.closed_by AND s.closed_on <= g.closed_on, false)
	RETURNING s.id)
	UPDATE staged g SET fate = 'CLOSED' FROM done WHERE done.id = g.setting_id AND g.fate IS NULL`

const keepInspections = `WITH done AS (
	INSERT INTO inspection (setting_id, body, scale, value, inspected_on)
	SELECT setting_id, body, scale, value, inspected_on FROM staged WHERE inspected_on IS NOT NULL AND NOT closed AND (fate IS NULL
	OR fate IN ('NEW', 'UPDATED'))
	ON CONFLICT (setting_id, body, scale, inspected_on) DO UPDATE SET value = excluded.value WHERE inspection.value <> excluded.value
	RETURNING setting_id)
	UPDATE staged g SET fate = 'UPDATED' FROM done WHERE done.setting_id = g.setting_id AND g.fate IS NULL`

// countKnown counts the open settings of a kind that were imported before.
const countKnown = "SELECT count(*) FROM setting s WHERE s.kind = $1 AND s.imported_at IS NOT NULL AND " + OpenSettingSQL

// keepJudgements puts what is below the standard, or not known, where the clock looks for it. A word that joins the list of words later
// as one that meets the standard is taken out by the migration of that version.
const keepJudgements = `INSERT INTO below_standard (scale, value, source, unknown) SELECT DISTINCT scale, value, CASE WHEN unknown_judgement
		THEN 'Not a known judgement: treated with care' ELSE 'The list of words of registers' END, unknown_judgement
		FROM staged WHERE inspected_on IS NOT NULL AND below AND (fate IS NULL OR fate IN ('NEW', 'UPDATED')) ON CONFLICT DO NOTHING`

const countStaged = `SELECT count(*) FILTER (WHERE fate = 'NEW') AS new, count(*) FILTER (WHERE fate = 'UPDATED') AS updated,
	count(*) FILTER (WHERE fate = 'UPDATED' AND succeeds IS NOT NULL) AS renumbered, count(*) FILTER (WHERE fate = 'CLOSED') AS closed,
	count(*) FILTER (WHERE fate IS NULL) AS unchanged, count(*) FILTER (WHERE fate = 'UNKNOWN') AS unknown,
	count(*) FILTER (WHERE fate = 'SUPERSEDED') AS superseded, count(*) FILTER (WHERE fate = 'OLDER') AS older,
	count(*) FILTER (WHERE fate = 'INCOMPLETE') AS incomplete,
	count(*) FILTER (WHERE NOT closed AND district <> '' AND NOT EXISTS (SELECT FROM district d WHERE d.name = staged.district)
		AND NOT EXISTS (SELECT FROM local_authority a WHERE a.name = staged.district)) AS strangers,
	(SELECT count(*) FROM setting s WHERE s.kind = $1 AND s.imported_at IS NOT NULL AND ` + OpenSettingSQL + `
		AND NOT EXISTS (SELECT FROM staged g WHERE g.setting_id = s.id)) AS missing FROM staged`

// addressBatchSize is how many addresses are in memory at a time.
const addressBatchSize = 1000

// keepAddresses encrypts each staged address for its setting, and writes those that have changed. The same address
// never encrypts to the same bytes, so they are compared in plain text, here.
func keepAddresses(ctx context.Context, t *engine.Tx) error {
	for after := ""; ; {
		var rows []stagedAddress
		if err := t.SelectRows(ctx, &rows,
			`SELECT g.urn, g.setting_id, g.address, a.address AS kept FROM staged g LEFT JOIN setting_address a ON a.setting_id = g.setting_id
			WHERE g.address IS NOT NULL AND (g.fate IS NULL OR g.fate IN ('NEW', 'UPDATED')) AND g.urn > $1 ORDER BY g.urn LIMIT $2`, after,
			addressBatchSize); err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		if err := writeAddresses(ctx, t, rows); err != nil {
			return err
		}
		after = rows[len(rows)-1].Urn
	}
}

type stagedAddress struct {
	Urn     string    `db:"urn"`
	Setting uuid.UUID `db:"setting_id"`
	Address []byte    `db:"address"`
	Kept    []byte    `db:"kept"`
}

func writeAddresses(ctx context.Context, t *engine.Tx, rows []stagedAddress) error {
	var settings []uuid.UUID
	var addresses pq.ByteaArray
	for _, row := range rows {
		address, err := newAddress(t, row)
		if err != nil {
			return err
		}
		if address != nil {
			settings, addresses = append(settings, row.Setting), append(addresses, address)
		}
	}
	if len(settings) == 0 {
		return nil
	}
	if _, err := t.Exec(ctx, `INSERT INTO setting_address (setting_id, provider_id, address)
		SELECT s.id, s.provider_id, n.address FROM unnest($1::uuid[], $2::bytea[]) n(id, address) JOIN setting s ON s.id = n.id
		ON CONFLICT (setting_id) DO UPDATE SET address = excluded.address`, pq.Array(settings), addresses); err != nil {
		return err
	}
	if _, err := t.Exec(ctx, "UPDATE setting s SET imported_at = dps.now() FROM staged g WHERE g.setting_id = s.id AND g.fate IS NULL AND "+
		"s.id = ANY ($1)", pq.Array(settings)); err != nil {
		return err
	}
	_, err := t.Exec(ctx, "UPDATE staged SET fate = 'UPDATED' WHERE fate IS NULL AND setting_id = ANY ($1)", pq.Array(settings))
	return err
}

// newAddress is an address encrypted for its setting; nil if it has not changed.
func newAddress(t *engine.Tx, row stagedAddress) ([]byte, error) {
	place := "address:" + row.Setting.String()
	plain, err := t.Keys().Reveal(stagedAddressContext(row.Urn), row.Address)
	if err != nil {
		return nil, err
	}
	if row.Kept != nil {
		kept, err := t.Keys().Reveal(place, row.Kept)
		if err != nil || bytes.Equal(kept, plain) {
			return nil, err
		}
	}
	return t.Keys().Protect(place, plain)
}

// keepOutcodes writes the positions of outcodes, and says how many are new or have moved.
func keepOutcodes(ctx context.Context, t *engine.Tx, all []rules.OutcodeCentre) (int, error) {
	var codes []string
	var eastings, northings, schools []int
	for _, o := range all {
		codes, eastings, northings, schools = append(codes, o.Outcode), append(eastings, o.Easting), append(northings, o.Northing),
			append(schools, o.Schools)
	}
	if len(codes) == 0 {
		return 0, nil
	}
	n, err := t.Exec(ctx, `INSERT INTO outcode (outcode, easting, northing, schools) SELECT * FROM unnest($1::text[], $2::int[], $3::int[],
		$4::int[])
		ON CONFLICT (outcode) DO UPDATE SET easting = excluded.easting, northing = excluded.northing, schools = excluded.schools
		WHERE (outcode.easting, outcode.northing, outcode.schools) IS DISTINCT FROM (excluded.easting, excluded.northing, excluded.schools)`,
		pq.Array(codes), pq.Array(eastings), pq.Array(northings), pq.Array(schools))
	return int(n), err
}
