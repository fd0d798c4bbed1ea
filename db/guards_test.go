package db_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// These are the guards of the database itself: each is asked directly, past what the program checks first.

// requireSQLState fails the test unless PostgreSQL refused with a code.
func requireSQLState(t *testing.T, err error, code pqerror.Code) {
	t.Helper()
	var pqErr *pq.Error
	if !errors.As(err, &pqErr) || pqErr.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestProposeAwardFiftyAtOnce(t *testing.T) {
	f := newFixture(t, 2, 2)
	need := f.publishNeed(f.kent)
	offers := []uuid.UUID{f.submitOffer(need, 0), f.submitOffer(need, 1)}
	f.Advance(t, 12*24*time.Hour)
	f.rankOffers(f.kent, need, offers...)
	errs := atOnce(50, func(i int) error {
		_, err := award.ProposeAward(t.Context(), f.API, actorAs(policy.Commissioner, f.kent), market.ProposeAwardInput{
			IdempotencyKey: newKey(), Offer: idOf(offers[i%2]), Reason: "A reason that is long enough for either of the two offers",
		})
		return err
	})
	if n := countSucceeded(t, errs, market.AlreadyExists); n != 1 || f.countRows("award") != 1 {
		t.Errorf("%d of 50 proposals succeeded, %d awards", n, f.countRows("award"))
	}
}

// TestProposeAwardIndexAllowsOneLiveAward: the same without the program, its lock and its rule.
func TestProposeAwardIndexAllowsOneLiveAward(t *testing.T) {
	f := newFixture(t, 1, 2)
	_, award := f.awardNeed(f.kent, 0)
	again := `INSERT INTO dps.award (id, need_id, authority_id, offer_id, provider_id, setting_id, reason, proposed_at, proposed_by)
		SELECT gen_random_uuid(), need_id, authority_id, offer_id, provider_id, setting_id, 'again', dps.now(), 'synthetic' FROM dps.award WHERE id = $1`
	_, err := f.Admin.Exec(again, award)
	requireSQLState(t, err, "23505")
	f.execSQL("UPDATE dps.award SET declined_at = dps.now() WHERE id = $1", award)
	f.execSQL(again, award)
}

// TestPlacementFiftyForTheLastPlace asks the capacity trigger with every other guard out of the way.
func TestPlacementFiftyForTheLastPlace(t *testing.T) {
	f := newFixture(t, 1, 1)
	f.dropAwardConstraint()
	need := f.draftNeed(f.kent)
	f.Admin.SetMaxOpenConns(50)
	errs := atOnce(50, func(int) error {
		tx, err := f.Admin.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
		if err := insertPlacementRow(tx, f, need, "2027-01-01", nil, f.settings[0]); err != nil {
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
		requireSQLState(t, err, "DPS06")
	}
	if won != 1 || f.countRows("placement") != 1 {
		t.Errorf("%d of 50 placements won the last place, %d are there", won, f.countRows("placement"))
	}
}

// dropAwardConstraint lets a test place children without an award each: what it asks is the capacity alone.
func (f *fixture) dropAwardConstraint() {
	f.t.Helper()
	f.execSQL("ALTER TABLE dps.placement DROP CONSTRAINT placement_award_id_fkey")
}

// insertPlacementRow inserts a placement of an award that is not there.
func insertPlacementRow(tx *sql.Tx, f *fixture, need uuid.UUID, from string, to *string, setting uuid.UUID) error {
	_, err := tx.Exec(`INSERT INTO dps.placement (id, award_id, need_id, authority_id, provider_id, setting_id, starts_on, ended_on)
		VALUES (gen_random_uuid(), gen_random_uuid(), $1, $2, $3, $4, $5, $6)`, need, f.kent, f.providers[0], setting, from, to)
	return err
}

func TestPlacementCapacityOnEveryDate(t *testing.T) {
	f := newFixture(t, 1, 2)
	f.dropAwardConstraint()
	need := f.draftNeed(f.kent)
	// Two places: one taken throughout 2027 from spring, one in the summer only.
	for _, p := range []struct {
		from, to string
		fits     bool
	}{
		{"2027-03-01", "", true},
		{"2027-06-01", "2027-08-01", true},
		{"2027-01-01", "2027-06-01", true},  // ends on the day the summer's begins
		{"2027-05-01", "2027-05-02", false}, // a third on that day
		{"2027-07-31", "", false},           // the summer's last night
		{"2027-08-01", "2028-01-01", true},
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
		err = insertPlacementRow(tx, f, need, p.from, to, f.settings[0])
		if p.fits && err == nil {
			err = tx.Commit()
		}
		_ = tx.Rollback()
		if p.fits && err != nil {
			t.Errorf("%s to %s does not fit: %v", p.from, p.to, err)
		}
		if !p.fits {
			requireSQLState(t, err, "DPS06")
		}
	}
}

// TestSubmitOfferCommittedAfterTheDeadline: the transaction begins before the deadline, with the role of the provider in hand, and
// commits after it.
func TestSubmitOfferCommittedAfterTheDeadline(t *testing.T) {
	for name, write := range map[string]string{
		"new": `INSERT INTO dps.sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
			SELECT gen_random_uuid(), $1, authority_id, $2, $3, 1, dps.now(), 'synthetic' FROM dps.need WHERE id = $1`,
		"amended":   `UPDATE dps.sealed_offer SET version = version + 1 WHERE need_id = $1 AND provider_id = $2 AND setting_id <> $3`,
		"withdrawn": `UPDATE dps.sealed_offer SET withdrawn_at = dps.now() WHERE need_id = $1 AND provider_id = $2 AND setting_id <> $3`,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, 2, 2)
			need := f.publishNeed(f.kent)
			setting := f.settings[0]
			if name != "new" {
				f.submitOffer(need, 0)
				setting = f.settings[1]
			}
			tx := f.Become(t, f.bidderActor(0))
			done, err := tx.Exec(write, need, f.providers[0], setting)
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := done.RowsAffected(); n != 1 {
				t.Fatalf("wrote %d rows in time", n)
			}
			f.Advance(t, 12*24*time.Hour)
			requireSQLState(t, tx.Commit(), "DPS05")
		})
	}
}

func TestPublishLotFreezesTheLot(t *testing.T) {
	f := newFixture(t, 1, 2)
	for _, statement := range []string{
		"UPDATE dps.lot SET name = 'other' WHERE id = $1", "DELETE FROM dps.lot WHERE id = $1",
		"UPDATE dps.criterion SET weight = 50 WHERE lot_id = $1", "DELETE FROM dps.criterion WHERE lot_id = $1",
		"INSERT INTO dps.criterion SELECT gen_random_uuid(), authority_id, lot_id, 9, kind, name, description, weight, top_score FROM dps.criterion WHERE lot_id = $1",
	} {
		_, err := f.Admin.Exec(statement, f.lot)
		requireSQLState(t, err, "DPS03")
	}
	draft := f.draftLot(market.ProcedureScored)
	f.execSQL("DELETE FROM dps.criterion WHERE lot_id = $1 AND kind = 'PRICE'", draft)
	_, err := admission.PublishLot(t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.PublishLotInput{IdempotencyKey: newKey(), Lot: idOf(draft)})
	requireRefused(t, err, market.Invalid)
}

// TestPublishLotCountsACriterionOnItsWay: a criterion that is on its way while the lot is published is counted.
func TestPublishLotCountsACriterionOnItsWay(t *testing.T) {
	f := newFixture(t, 1, 2)
	draft := f.draftLot(market.ProcedureMatching)
	slow, err := f.Admin.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Rollback() //nolint:errcheck // after a commit it does nothing
	if _, err := slow.Exec(`INSERT INTO dps.criterion SELECT gen_random_uuid(), authority_id, lot_id, 9, kind, name, description, 1, top_score
		FROM dps.criterion WHERE lot_id = $1 AND kind = 'QUALITY'`, draft); err != nil {
		t.Fatal(err)
	}
	published := make(chan error)
	go func() {
		_, err := f.Admin.Exec("UPDATE dps.lot SET published_at = dps.now() WHERE id = $1", draft)
		published <- err
	}()
	for f.countWaiting("transactionid") == 0 {
		select {
		case err := <-published:
			t.Fatalf("published past a criterion on its way: %v", err)
		default:
		}
	}
	if err := slow.Commit(); err != nil {
		t.Fatal(err)
	}
	requireSQLState(t, <-published, "DPS04")
}

// TestPublishNeedFixesTheNeed: with the role of an authority in hand nobody moves the deadline or says that it is open.
func TestPublishNeedFixesTheNeed(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.publishNeed(f.kent)
	for _, set := range []string{
		"deadline = dps.now()", "published_at = NULL, deadline = NULL", "profile = 'other'", "invited = 7",
		"amended_at = dps.now(), deadline = dps.now()", "amended_at = dps.now() + interval '1 day', profile = 'other'", "amended_at = published_at, profile = 'other'",
		"amended_at = dps.now(), reference = 'other'", "amended_at = dps.now(), withdrawn_at = dps.now(), withdraw_reason = 'other'",
		"withdrawn_at = dps.now(), withdraw_reason = 'other', profile = 'other'", "withdrawn_at = dps.now(), withdraw_reason = 'other', deadline = 'infinity'",
		"closed_at = dps.now()", "opened_at = deadline", "quality_locked_at = dps.now()", "prices_opened_at = dps.now()", "ranked_at = dps.now()",
	} {
		tx := f.Become(t, actorAs(policy.Commissioner, f.kent))
		_, err := tx.Exec("UPDATE dps.need SET "+set+" WHERE id = $1", need)
		requireSQLState(t, err, "DPS07")
		_ = tx.Rollback()
	}
	draft := f.draftNeed(f.kent)
	if _, err := f.Become(t, actorAs(policy.Commissioner, f.kent)).Exec("UPDATE dps.need SET opened_at = dps.now() WHERE id = $1", draft); err == nil {
		t.Error("a draft was opened")
	}
}

// TestAmendNeedVoidsItsOffers: whoever changes it and however; what is withdrawn is changed no more.
func TestAmendNeedVoidsItsOffers(t *testing.T) {
	f := newFixture(t, 2, 2)
	need := f.publishNeed(f.kent)
	f.submitOffer(need, 0)
	f.submitOffer(need, 1)
	tx := f.Become(t, actorAs(policy.Commissioner, f.kent))
	for _, set := range []string{"amended_at = dps.now(), profile = 'other'", "withdrawn_at = dps.now(), withdraw_reason = 'other'"} {
		if _, err := tx.Exec("UPDATE dps.need SET "+set+" WHERE id = $1", need); err != nil {
			t.Fatal(err)
		}
	}
	_, err := tx.Exec("UPDATE dps.need SET amended_at = dps.now(), profile = 'another' WHERE id = $1", need)
	requireSQLState(t, err, "DPS07")
	_ = tx.Rollback()
	f.execSQL("UPDATE dps.need SET amended_at = dps.now(), profile = 'other' WHERE id = $1", need)
	if n := f.countRows("sealed_offer WHERE need_id = $1 AND voided_at = withdrawn_at", need); n != 2 {
		t.Errorf("%d offers are void", n)
	}
	if n := f.countRows("event WHERE changed = '{voided_at}' AND authority_id IS NULL"); n != 2 {
		t.Errorf("%d bidders have it in their logs", n)
	}
}

// TestLogIsAppendOnly: for every role, the owner of the tables and the superuser among them.
func TestLogIsAppendOnly(t *testing.T) {
	f := newSealedFixture(t)
	roles := []string{"dps_owner", "dps_api", "dps_worker", "dps_importer", ""}
	for _, r := range policy.Roles {
		roles = append(roles, r.Database())
	}
	for _, role := range roles {
		for _, table := range []string{"event", "event_seal", "event_head"} {
			for _, statement := range []string{"UPDATE dps.%s SET chain_id = chain_id", "DELETE FROM dps.%s", "TRUNCATE dps.%s CASCADE"} {
				tx, err := f.Admin.Begin()
				if err == nil && role != "" {
					_, err = tx.Exec("SET LOCAL ROLE " + role)
				}
				if err != nil {
					t.Fatal(err)
				}
				_, err = tx.Exec(strings.Replace(statement, "%s", table, 1))
				want := pqerror.Code("42501")
				if role == "" || role == "dps_owner" {
					want = "DPS09"
				}
				requireSQLState(t, err, want)
				_ = tx.Rollback()
			}
		}
	}
}

func TestChangeWithTheSameKeyActsOnce(t *testing.T) {
	f := newFixture(t, 1, 2)
	commissioner := actorAs(policy.Commissioner, f.kent)
	in := market.CreateNeedInput{
		IdempotencyKey: newKey(), Lot: idOf(f.lot), AgeLow: 10, AgeHigh: 12, PrimaryNeed: autismNeed, LegalBasis: "SECTION_20", HomeOutcode: "BN11",
		StartFrom: f.dayFromNow(0), StartTo: f.dayFromNow(90), Profile: "A calm place", Outcomes: "Feels safe",
	}
	answers := make([]uuid.UUID, 20)
	errs := atOnce(20, func(i int) (err error) {
		answers[i], err = tendering.CreateNeed(t.Context(), f.API, commissioner, in)
		return err
	})
	if n := countSucceeded(t, errs); n != 20 || f.countRows("need") != 1 || f.countRows("event WHERE act = 'need.create'") != 1 {
		t.Fatalf("%d of 20 answered, %d needs, %d events", n, f.countRows("need"), f.countRows("event WHERE act = 'need.create'"))
	}
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("answers differ: %s and %s", a, answers[0])
		}
	}
	in.Profile = "Another place"
	_, err := tendering.CreateNeed(t.Context(), f.API, commissioner, in)
	requireRefused(t, err, market.KeyReused)
	someoneElse := commissioner
	someoneElse.Person = "synthetic-second-commissioner"
	if other := f.requireDone(tendering.CreateNeed(t.Context(), f.API, someoneElse, in)); other == answers[0] {
		t.Error("one person's key answered for another")
	}
}

// TestChangeRemembersARefusal: a retry of what was refused answers the same, though it would be allowed by now.
func TestChangeRemembersARefusal(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.publishNeed(f.kent)
	in := market.OpenOffersInput{IdempotencyKey: newKey(), Need: idOf(need)}
	officer := actorAs(policy.OpeningOfficer, f.kent)
	_, err := evaluation.OpenOffers(t.Context(), f.API, officer, in)
	requireRefused(t, err, market.TooEarly)
	f.Advance(t, 12*24*time.Hour)
	_, err = evaluation.OpenOffers(t.Context(), f.API, officer, in)
	requireRefused(t, err, market.TooEarly)
	in.IdempotencyKey = newKey()
	f.declareNoInterest(need, officer)
	f.requireDone(evaluation.OpenOffers(t.Context(), f.API, officer, in))
}

// TestChangeRefusedAtCommitLeavesNothing: refused at the commit itself, after everything was written.
func TestChangeRefusedAtCommitLeavesNothing(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.publishNeed(f.kent)
	f.execSQL("CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'deadline' USING ERRCODE = 'DPS05'; END $$")
	f.execSQL("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON dps.sealed_part DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late()")
	events := f.countRows("event")
	_, err := tendering.SubmitOffer(t.Context(), f.API, f.bidderActor(0), f.offerInput(need, 0))
	requireRefused(t, err, market.DeadlinePassed)
	if f.countRows("sealed_offer") != 0 || f.countRows("sealed_part") != 0 || f.countRows("offer_tally WHERE offer_id <> need_id") != 0 || f.countRows("event") != events {
		t.Error("something is left of a change that was refused")
	}
}

// TestChangeFailsWithoutItsEvent: where the log cannot be written, nothing happens.
func TestChangeFailsWithoutItsEvent(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.publishNeed(f.kent)
	f.execSQL("REVOKE INSERT ON dps.event FROM dps_bids_manager")
	if _, err := tendering.SubmitOffer(t.Context(), f.API, f.bidderActor(0), f.offerInput(need, 0)); err == nil {
		t.Error("an offer was taken without its event")
	}
	if f.countRows("sealed_offer") != 0 {
		t.Error("an offer is there without its event")
	}
}

// TestViewIdentityFailsWithoutItsEvent: likewise a look at who a child is, and each look is an event of its own.
func TestViewIdentityFailsWithoutItsEvent(t *testing.T) {
	f := newFixture(t, 1, 2)
	commissioner := actorAs(policy.Commissioner, f.kent)
	need := f.draftNeed(f.kent)
	f.requireDone(tendering.RecordIdentity(t.Context(), f.API, commissioner, market.RecordIdentityInput{IdempotencyKey: newKey(), Need: idOf(need), Name: "Synthetic Child", DateOfBirth: f.dayFromNow(-4000)}))
	remembered := f.countRows("idempotency")
	for range 2 {
		seen, err := tendering.ViewIdentity(t.Context(), f.API, commissioner, market.ViewIdentityInput{Need: idOf(need), Purpose: "PLACEMENT"})
		if err != nil || seen.Name != "Synthetic Child" {
			t.Fatalf("seen %v, %v", seen, err)
		}
	}
	if n := f.countRows("event WHERE act = 'identity.read' AND 'PLACEMENT' = ANY (changed)"); n != 2 || f.countRows("idempotency") != remembered {
		t.Errorf("%d events of two looks, %d rows of memory more", n, f.countRows("idempotency")-remembered)
	}
	f.execSQL("REVOKE INSERT ON dps.event FROM dps_commissioner")
	if seen, err := tendering.ViewIdentity(t.Context(), f.API, commissioner, market.ViewIdentityInput{Need: idOf(need), Purpose: "PLACEMENT"}); err == nil || seen != nil {
		t.Error("an identity was seen without its event")
	}
}

// TestSubmitOfferIsReadByItsProviderAlone: with each role in hand that has anything to do with the need, before the deadline.
func TestSubmitOfferIsReadByItsProviderAlone(t *testing.T) {
	f := newFixture(t, 2, 2)
	need := f.publishNeed(f.kent)
	f.submitOffer(need, 0)
	for _, role := range policy.Roles {
		organisation := f.kent
		if role == policy.BidsManager {
			organisation = f.providers[1] // the rival
		}
		for _, from := range []string{"sealed_offer", "sealed_part", "offer", "offer_price", "event WHERE act = 'offer.submit'"} {
			if role == policy.Worker && strings.HasPrefix(from, "event") {
				continue // it seals the log, under a login that no request has
			}
			var n int
			err := f.Become(t, actorAs(role, organisation)).QueryRow("SELECT count(*) FROM dps." + from).Scan(&n)
			var pqErr *pq.Error
			if n != 0 || err != nil && (!errors.As(err, &pqErr) || pqErr.Code != "42501") {
				t.Errorf("%s reads %d rows of %s (%v)", role, n, from, err)
			}
		}
	}
	var n int
	if err := f.Become(t, f.bidderActor(0)).QueryRow("SELECT count(*) FROM dps.sealed_part").Scan(&n); err != nil || n != 2 {
		t.Errorf("its own provider reads %d parts (%v)", n, err)
	}
}
