package placement_test

import (
	"database/sql"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq/pqerror"

	"github.com/southeasttogether/dps/db/dbtest"
)

// TestPlacementFiftyForTheLastPlace tests the capacity trigger without any other guard.
func TestPlacementFiftyForTheLastPlace(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	DropAwardConstraint(f)
	need := f.DraftNeed(f.Kent)
	f.Admin.SetMaxOpenConns(50)
	errs := dbtest.AtOnce(50, func(int) error {
		tx, err := f.Admin.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
		if err := insertPlacementRow(tx, f, need, "2027-01-01", nil, f.Settings[0]); err != nil {
			return err
		}
		return tx.Commit()
	})
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		dbtest.RequireSQLState(t, err, "DPS06")
	}
	if won != 1 || f.CountRows("placement") != 1 {
		t.Errorf("%d of 50 placements won the last place, %d are there", won, f.CountRows("placement"))
	}
}

// DropAwardConstraint lets a test place children without an award each, because it tests only the capacity.
func DropAwardConstraint(f *dbtest.Fixture) {
	f.T.Helper()
	f.ExecSQL("ALTER TABLE dps.placement DROP CONSTRAINT placement_award_id_fkey")
}

// insertPlacementRow inserts a placement of an award that does not exist.
func insertPlacementRow(tx *sql.Tx, f *dbtest.Fixture, need uuid.UUID, from string, to *string, setting uuid.UUID) error {
	_, err := tx.Exec(`INSERT INTO dps.placement (id, award_id, need_id, authority_id, provider_id, setting_id, starts_on, ended_on)
		VALUES (gen_random_uuid(), gen_random_uuid(), $1, $2, $3, $4, $5, $6)`, need, f.Kent, f.Providers[0], setting, from, to)
	return err
}

func TestPlacementCapacityOnEveryDate(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	DropAwardConstraint(f)
	need := f.DraftNeed(f.Kent)
	// Two places: one taken throughout 2027 from spring, one only in the summer.
	for _, p := range []struct {
		from, to string
		fits     bool
	}{
		{"2027-03-01", "", true},
		{"2027-06-01", "2027-08-01", true},
		{"2027-01-01", "2027-06-01", false}, // is there on the day the summer's begins
		{"2027-01-01", "2027-05-31", true},  // leaves on the day before
		{"2027-05-01", "2027-05-02", false}, // a third on that day
		{"2027-08-01", "", false},           // the last day of the summer's placement
		{"2027-08-02", "2028-01-01", true},
		{"2026-01-01", "", false}, // from before, into full days
	} {
		tx, err := f.Admin.Begin()
		if err != nil {
			t.Fatal(err)
		}
		to := &p.to
		if p.to == "" {
			to = nil
		}
		err = insertPlacementRow(tx, f, need, p.from, to, f.Settings[0])
		if p.fits && err == nil {
			err = tx.Commit()
		}
		_ = tx.Rollback()
		if p.fits && err != nil {
			t.Errorf("%s to %s does not fit: %v", p.from, p.to, err)
		}
		if !p.fits {
			dbtest.RequireSQLState(t, err, "DPS06")
		}
	}
}

// TestProviderWritesItsNoticeAlone: whoever has a provider's database role can give notice of its placement, and write nothing of the
// authority's in it.
func TestProviderWritesItsNoticeAlone(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	id := dbtest.MakePlacement(f, false)
	for set, want := range map[string]string{
		"cancelled_at = dps.now()":                       "42501",
		"started_at = dps.now(), started_on = starts_on": "42501",
		"ended_on = starts_on":                           "42501",
		"starts_on = starts_on + 1":                      "42501",
		"notice_given_at = dps.now(), notice_reason = 'PHASE_ENDED', notice_last_day = starts_on, notice_words = 'Synthetic.'": "",
	} {
		tx := f.Become(t, f.BidderActor(0))
		result, err := tx.Exec("UPDATE dps.placement SET "+set+" WHERE id = $1", id)
		if want != "" {
			dbtest.RequireSQLState(t, err, pqerror.Code(want))
		} else if err != nil {
			t.Errorf("%s: %v", set, err)
		} else if n, err := result.RowsAffected(); err != nil || n != 1 {
			t.Errorf("%s: %d rows, %v", set, n, err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}
