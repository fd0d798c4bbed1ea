package rights

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/policy"
)

// probeSQL are tried as a role and undo what they did: what they say is whether row security let it through. A row that
// passed it and met a constraint has passed it: PostgreSQL asks row security first.
const probeSQL = `
DROP SCHEMA IF EXISTS probe CASCADE;
CREATE SCHEMA probe;
GRANT USAGE ON SCHEMA probe TO PUBLIC;
CREATE FUNCTION probe.insert(tab text, given jsonb) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE r jsonb; columns text; said text[] := '{}';
BEGIN
    FOR r IN SELECT * FROM jsonb_array_elements(given) LOOP
        SELECT string_agg(quote_ident(k), ', ') INTO columns FROM jsonb_object_keys(r) k WHERE NOT (tab = 'event' AND k = 'id');
        BEGIN
            EXECUTE format('INSERT INTO dps.%1$I (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::dps.%1$I, $1)', tab, columns) USING r;
            RAISE EXCEPTION USING ERRCODE = 'UNDO0';
        EXCEPTION WHEN OTHERS THEN said := said || SQLSTATE::text;
        END;
    END LOOP;
    RETURN said;
END $$;
CREATE FUNCTION probe.keys(tab text, key text, condition text) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE found text[];
BEGIN
    EXECUTE format('SELECT coalesce(array_agg(%s), ''{}'') FROM dps.%I WHERE %s', key, tab, condition) INTO found;
    RETURN found;
END $$;
CREATE FUNCTION probe.change(tab text, key text, statement text, condition text, OUT said text, OUT keys text[]) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    keys := probe.keys(tab, key, condition);
    RAISE EXCEPTION USING ERRCODE = 'UNDO0';
EXCEPTION WHEN OTHERS THEN said := SQLSTATE;
END $$;
`

// The answers of a probe.
const (
	probeDone    = "UNDO0"
	probeRefused = "42501" // by row security, or for want of a grant
)

// Check is what was compared.
type Check struct {
	Pairs       int
	Differences []string
}

func (c *Check) addDifference(format string, args ...any) {
	c.Differences = append(c.Differences, fmt.Sprintf(format, args...))
}

// Walls asks PostgreSQL in one transaction, which is rolled back.
type Walls struct {
	*Region
	t      testing.TB
	tx     *sql.Tx
	random *rand.Rand
	broken bool // a statement failed that never should: nothing more can be asked in this transaction
}

// NewWalls begins to ask.
func (r *Region) NewWalls(t testing.TB, random *rand.Rand) *Walls {
	t.Helper()
	tx, err := r.pool.Begin()
	must(t, err)
	_, err = tx.Exec("SELECT dps.enter($1, '', '', '', 0)", policy.Public.Database()) // before a mutant is written
	must(t, err)
	return &Walls{Region: r, t: t, tx: tx, random: random}
}

// End rolls back.
func (w *Walls) End() { _ = w.tx.Rollback() }

// Run runs a statement as the superuser: a mutant, for one.
func (w *Walls) Run(statement string) error {
	if _, err := w.tx.Exec("SET LOCAL ROLE NONE"); err != nil {
		return err
	}
	_, err := w.tx.Exec(statement)
	return err
}

func (w *Walls) enterAs(who Principal) {
	w.t.Helper()
	_, err := w.tx.Exec("SET LOCAL ROLE NONE")
	must(w.t, err)
	_, err = w.tx.Exec("SELECT dps.enter($1, $2, $3, $4, 0)", who.Role.Database(), who.Person, who.organisationID(),
		fmt.Sprintf("%x", who.Invitation))
	must(w.t, err)
}

// noteError notes an error as a difference.
func (w *Walls) noteError(c *Check, who Principal, err error) bool {
	if err != nil {
		w.broken = true
		c.addDifference("%s: %v", who, err)
	}
	return err != nil
}

// isGranted says whether the role has a command on a table at all, in the database.
func (w *Walls) isGranted(role policy.Role, command policy.Command, table string) bool {
	w.t.Helper()
	var has bool
	must(w.t, w.tx.QueryRow("SELECT has_table_privilege($1, 'dps.' || $2, $3)", role.Database(), table, string(command)).Scan(&has))
	return has
}

// CompareReads compares what somebody sees of tables with what they should see: every row of each is a pair.
func (w *Walls) CompareReads(c *Check, who Principal, tables []string) {
	w.t.Helper()
	if w.broken {
		return
	}
	seen := w.visibleKeys(c, who, tables)
	for _, table := range tables {
		for key, row := range w.Tables[table] {
			c.Pairs++
			if should, does := w.May(who, policy.Select, table, row), seen[table][key]; should != does {
				c.addDifference("%s: %s %s: should be seen: %t, is seen: %t", who, table, key, should, does)
			}
			delete(seen[table], key)
		}
		for key := range seen[table] {
			c.addDifference("%s: %s %s is seen and was not there", who, table, key)
		}
	}
}

// visibleKeys are the keys of the rows that PostgreSQL shows somebody, table by table, in one statement.
func (w *Walls) visibleKeys(c *Check, who Principal, tables []string) map[string]map[string]bool {
	w.t.Helper()
	seen, parts := map[string]map[string]bool{}, []string{}
	for _, table := range tables {
		seen[table] = map[string]bool{}
		granted, should := w.isGranted(who.Role, policy.Select, table), HasCommand(who.Role, policy.Select, table)
		if granted != should {
			c.addDifference("%s: SELECT on %s should be granted: %t, is: %t", who.Role, table, should, granted)
		}
		if granted {
			parts = append(parts, fmt.Sprintf("SELECT '%s', %s FROM dps.%s", table, w.keys[table], table))
		}
	}
	if len(parts) == 0 {
		return seen
	}
	w.enterAs(who)
	rows, err := w.tx.Query(strings.Join(parts, " UNION ALL "))
	if w.noteError(c, who, err) {
		return seen
	}
	defer rows.Close()
	for rows.Next() {
		var table, key string
		must(w.t, rows.Scan(&table, &key))
		seen[table][key] = true
	}
	w.noteError(c, who, rows.Err())
	return seen
}

// CompareWrites compares what somebody can write of a table with what they should.
func (w *Walls) CompareWrites(c *Check, who Principal, command policy.Command, table string) {
	w.t.Helper()
	if w.broken {
		return
	}
	granted, should := w.isGranted(who.Role, command, table), HasCommand(who.Role, command, table)
	if granted != should {
		c.addDifference("%s: %s on %s should be granted: %t, is: %t", who.Role, command, table, should, granted)
	}
	if !granted && !should {
		return
	}
	switch command {
	case policy.Insert:
		w.tryInserts(c, who, table)
	case policy.Update:
		w.tryUpdates(c, who, table)
		w.tryMoves(c, who, table)
	case policy.Delete:
		w.changeRows(c, who, table, policy.Delete, "DELETE FROM dps."+table, "true")
	}
}

// tryInserts tries rows like those that are there, some of them made the writer's own, and some of these spoilt again.
func (w *Walls) tryInserts(c *Check, who Principal, table string) {
	w.t.Helper()
	tried := w.insertCandidates(who, table)
	text, err := json.Marshal(tried)
	must(w.t, err)
	w.enterAs(who)
	var said []string
	must(w.t, w.tx.QueryRow("SELECT probe.insert($1, $2)", table, string(text)).Scan(pq.Array(&said)))
	for i, row := range tried {
		c.Pairs++
		if should, does := w.May(who, policy.Insert, table, row), said[i] != probeRefused; should != does {
			c.addDifference("%s: INSERT into %s of %v: should pass: %t, said %s", who, table, row, should, said[i])
		}
	}
}

// ownerColumns are the columns that say whose a row is.
var ownerColumns = []string{
	"authority_id", "provider_id", "organisation_id", "chain_id", "person", "capacity", "predecessor_id", "lot_id",
	"need_id", "award_id", "offer_id", "placement_id",
}

// parentTables are the tables of what a row may belong to, whose own state may decide.
var parentTables = map[string]string{
	"lot_id": "lot", "need_id": "need", "award_id": "award", "offer_id": "sealed_offer",
	"placement_id": "placement",
}

func (w *Walls) insertCandidates(who Principal, table string) (all []Row) {
	for _, key := range w.sampleKeys(who, table) {
		row := w.Tables[table][key]
		mine := w.adoptRow(who, row)
		all = append(all, row, mine)
		for _, column := range ownerColumns {
			if _, ok := row[column]; ok {
				other := w.Tables[table][w.anyKey(table)]
				all = append(all, mine.withColumn(column, other[column]), row.withColumn(column, mine[column]))
			}
		}
		for _, column := range slices.Sorted(maps.Keys(parentTables)) {
			for range 3 {
				if of := parentTables[column]; row.hasValue(column) {
					all = append(all, mine.withColumn(column, w.Tables[of][w.anyKey(of)]["id"]), row.withColumn(column, w.Tables[of][w.anyKey(of)]["id"]))
				}
			}
		}
	}
	return all
}

// sampleKeys are a few rows of a table, half of them those that the writer sees in one way or another.
func (w *Walls) sampleKeys(who Principal, table string) (keys []string) {
	all := slices.Sorted(maps.Keys(w.Tables[table]))
	w.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	near, far := 0, 0
	for _, key := range all {
		row := w.Tables[table][key]
		switch mine := w.May(who, policy.Insert, table, row) || columnEquals(row, "provider_id", who.organisationID()); {
		case mine && near < 4:
			near++
		case !mine && far < 4:
			far++
		default:
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

func (w *Walls) anyKey(table string) string {
	all := slices.Sorted(maps.Keys(w.Tables[table]))
	return all[w.random.IntN(len(all))]
}

// adoptRow is a row made somebody's own, where it says whose it is.
func (w *Walls) adoptRow(who Principal, row Row) Row {
	mine := row.withColumn("", nil)
	delete(mine, "")
	person := who.Person
	if person == "" {
		person = "family"
	}
	var org any
	if who.organisationID() != "" {
		org = who.organisationID()
	}
	for column, value := range map[string]any{
		"authority_id": org, "provider_id": org, "predecessor_id": org, "organisation_id": org,
		"person": person, "capacity": string(who.Role),
	} {
		if _, ok := row[column]; ok && (value != nil || column == "organisation_id") {
			mine[column] = value
		}
	}
	if held := append(w.shownInvitations(who, "FEEDBACK"), w.shownInvitations(who, "PREFERENCE")...); len(held) > 0 {
		for _, column := range []string{"need_id", "placement_id"} {
			if _, ok := row[column]; ok {
				mine[column] = held[0][column]
			}
		}
	}
	return mine
}
