package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// fixture is a small synthetic market: one lead authority, a second partner, and as many providers as the test asks for,
// each with one home.
type fixture struct {
	*dbtest.Database
	t            *testing.T
	lead, kent   uuid.UUID
	market       uuid.UUID
	providers    []uuid.UUID
	settings     []uuid.UUID
	lot          uuid.UUID
	criteria     []uuid.UUID
	placesInHome int
}

// newFixture makes the market and, with as many members, its published lot of the matching procedure.
func newFixture(t *testing.T, members, placesInHome int) *fixture {
	t.Helper()
	f := &fixture{Database: dbtest.New(t), t: t, lead: uuid.New(), kent: uuid.New(), market: uuid.New(), placesInHome: placesInHome}
	region := db.Region{
		Organisations: []market.Organisation{
			{ID: f.lead, Kind: market.KindPartner, Name: "Synthetic lead authority", DfeCode: new("938"), Lead: true},
			{ID: f.kent, Kind: market.KindPartner, Name: "Synthetic partner", DfeCode: new("886")},
		},
		Markets: []market.Market{{
			ID: f.market, AuthorityID: f.lead, Name: "Synthetic market", Regime: market.Regime{Code: "PCR_DPS"},
			NoticeAt: time.Date(2024, 9, 2, 9, 0, 0, 0, time.UTC), EndsOn: market.On(2029, 2, 23), FeedbackMinimum: 3,
		}},
	}
	for i := range members {
		p, s := uuid.New(), uuid.New()
		f.providers, f.settings = append(f.providers, p), append(f.settings, s)
		region.Providers = append(region.Providers, market.Provider{ID: p, Name: fmt.Sprintf("Synthetic provider %d", i)})
		region.Settings = append(region.Settings, db.RegionSetting{Setting: market.Setting{
			ID: s, ProviderID: &p, Kind: market.Home, Name: fmt.Sprintf("Synthetic home %d", i), Urn: fmt.Sprintf("SC%06d", i), District: "Adur",
			AgeLow: 8, AgeHigh: 17, Needs: market.Texts{autism}, Places: placesInHome, Vacancies: placesInHome,
		}, Address: "1 Synthetic Street"})
	}
	f.Load(t, region)
	f.publishLot(market.Matching)
	for i := range f.providers {
		f.admit(i)
	}
	return f
}

const autism = "ASD - Autistic Spectrum Disorder"

var keys int64
var keysLock sync.Mutex

// key is an idempotency key that no other request has.
func key() string {
	keysLock.Lock()
	defer keysLock.Unlock()
	keys++
	return fmt.Sprintf("test-key-%d", keys)
}

func as(role policy.Role, organisation uuid.UUID) policy.Actor {
	return policy.Actor{Person: "synthetic-" + string(role), Role: role, Organisation: organisation}
}

func (f *fixture) bidder(i int) policy.Actor { return as(policy.BidsManager, f.providers[i]) }

func id(id uuid.UUID) market.ID { return market.ID{UUID: id} }

// done fails the test unless a use case succeeded.
func (f *fixture) done(id uuid.UUID, err error) uuid.UUID {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

// refused fails the test unless a use case was refused with a code.
func refused(t *testing.T, err error, code market.Code) {
	t.Helper()
	var refusal *market.Refusal
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("got %v, want the refusal %s", err, code)
	}
}

func (f *fixture) publishLot(procedure market.ProcedureCode) {
	f.t.Helper()
	f.lot = f.draftLot(procedure)
	f.done(f.API.PublishLot(f.t.Context(), as(policy.MarketManager, f.lead), market.PublishLotInput{IdempotencyKey: key(), Lot: id(f.lot)}))
	f.criteria = nil
	f.scan("SELECT id FROM dps.criterion WHERE lot_id = $1 AND kind = 'QUALITY'", []any{f.lot}, func(rows *sql.Rows) error {
		var c uuid.UUID
		err := rows.Scan(&c)
		f.criteria = append(f.criteria, c)
		return err
	})
}

func (f *fixture) draftLot(procedure market.ProcedureCode) uuid.UUID {
	f.t.Helper()
	return f.done(f.API.CreateLot(f.t.Context(), as(policy.MarketManager, f.lead), market.CreateLotInput{
		IdempotencyKey: key(), Market: id(f.market), Name: "Homes", Description: "Synthetic lot", Kind: "CHILDRENS_HOME", Procedure: procedure,
		AgeLow: 8, AgeHigh: 17, Needs: []string{autism}, Contract: "Synthetic contract", ContractVersion: "1",
		Criteria: []market.CriterionInput{
			{Kind: market.Quality, Name: "Match", Description: "How well it fits", Weight: market.Pounds("60"), TopScore: 5},
			{Kind: market.Price, Name: "Price", Description: "A year", Weight: market.Pounds("40"), TopScore: 100},
		},
	}))
}

func (f *fixture) admit(i int) {
	f.t.Helper()
	application := f.done(f.API.SubmitApplication(f.t.Context(), f.bidder(i), market.SubmitApplicationInput{
		IdempotencyKey: key(), Lot: id(f.lot), Statement: "Synthetic statement", NoGroundForExclusion: true,
	}))
	f.done(f.API.DecideApplication(f.t.Context(), as(policy.MarketManager, f.lead), market.DecideApplicationInput{
		IdempotencyKey: key(), Application: id(application), Decision: market.Admitted, Reasons: "It meets the criteria",
	}))
}

// now is the market's clock.
func (f *fixture) now() time.Time {
	f.t.Helper()
	var now time.Time
	f.look(&now, "SELECT dps.now()")
	return now
}

// need publishes a need of an authority that closes in 11 days.
func (f *fixture) need(authority uuid.UUID) uuid.UUID {
	f.t.Helper()
	commissioner := as(policy.Commissioner, authority)
	need := f.draftNeed(authority)
	return f.done(f.API.PublishNeed(f.t.Context(), commissioner, market.PublishNeedInput{
		IdempotencyKey: key(), Need: id(need), Deadline: f.now().AddDate(0, 0, 11), UniqueReason: new("The only synthetic one of its kind"),
	}))
}

func (f *fixture) draftNeed(authority uuid.UUID) uuid.UUID {
	f.t.Helper()
	return f.done(f.API.CreateNeed(f.t.Context(), as(policy.Commissioner, authority), market.CreateNeedInput{
		IdempotencyKey: key(), Lot: id(f.lot), AgeLow: 10, AgeHigh: 12, PrimaryNeed: autism, LegalBasis: "SECTION_20", HomeOutcode: "BN11", TravelMiles: 20,
		StartFrom: f.day(0), StartTo: f.day(90), Profile: "A calm place with few others", Outcomes: "Feels safe",
	}))
}

func (f *fixture) day(days int) market.Date {
	at := f.now().AddDate(0, 0, days)
	return market.On(at.Year(), at.Month(), at.Day())
}

func (f *fixture) offerInput(need uuid.UUID, i int) market.SubmitOfferInput {
	return market.SubmitOfferInput{
		IdempotencyKey: key(), Need: id(need), Setting: id(f.settings[i]), StartsOn: f.day(30), Places: 1, NeedsMet: "Each need", OutcomesMet: "Each outcome",
		Weeks: 52, Fees: []market.FeeInput{{Kind: "RESIDENTIAL_CARE", Description: "Care", Weekly: market.Pounds("4000.00")}},
	}
}

func (f *fixture) offer(need uuid.UUID, i int) uuid.UUID {
	f.t.Helper()
	return f.done(f.API.SubmitOffer(f.t.Context(), f.bidder(i), f.offerInput(need, i)))
}

// ranked opens the offers of a need after its deadline and evaluates them, up to the ranking.
func (f *fixture) ranked(authority, need uuid.UUID, offers ...uuid.UUID) {
	f.t.Helper()
	ctx := f.t.Context()
	f.disinterested(need, as(policy.OpeningOfficer, authority), as(policy.Commissioner, authority), as(policy.Evaluator, authority), as(policy.Approver, authority))
	f.done(f.API.OpenOffers(ctx, as(policy.OpeningOfficer, authority), market.OpenOffersInput{IdempotencyKey: key(), Need: id(need)}))
	var checks []market.SuitabilityCheckInput
	for _, c := range market.SuitabilityCodes {
		checks = append(checks, market.SuitabilityCheckInput{Check: c, Passed: true, Reason: "Few others, and calm"})
	}
	for _, o := range offers {
		f.done(f.API.AssessSuitability(ctx, as(policy.Commissioner, authority), market.AssessSuitabilityInput{IdempotencyKey: key(), Offer: id(o), Checks: checks}))
		f.done(f.API.ScoreOffer(ctx, as(policy.Evaluator, authority), market.ScoreOfferInput{
			IdempotencyKey: key(), Offer: id(o), Scores: []market.ScoreInput{{Criterion: id(f.criteria[0]), Points: 4, Comment: "Fits well"}},
		}))
	}
	f.done(f.API.LockScores(ctx, as(policy.Evaluator, authority), market.LockScoresInput{IdempotencyKey: key(), Need: id(need)}))
}

// disinterested has people declare that they have no interest in a need's outcome.
func (f *fixture) disinterested(need uuid.UUID, people ...policy.Actor) {
	f.t.Helper()
	for _, who := range people {
		f.done(f.API.DeclareInterest(f.t.Context(), who, market.DeclareInterestInput{IdempotencyKey: key(), Need: id(need)}))
	}
}

// awarded brings a need of an authority from nothing to an approved award to provider i.
func (f *fixture) awarded(authority uuid.UUID, i int) (need, award uuid.UUID) {
	f.t.Helper()
	need = f.need(authority)
	offer := f.offer(need, i)
	f.Advance(f.t, 12*24*time.Hour)
	f.ranked(authority, need, offer)
	return need, f.approved(authority, offer)
}

func (f *fixture) approved(authority, offer uuid.UUID) uuid.UUID {
	f.t.Helper()
	return f.approvedAfter(authority, offer, false)
}

func (f *fixture) approvedAfter(authority, offer uuid.UUID, standstill bool) uuid.UUID {
	f.t.Helper()
	award := f.done(f.API.ProposeAward(f.t.Context(), as(policy.Commissioner, authority), market.ProposeAwardInput{
		IdempotencyKey: key(), Offer: id(offer), Reason: "The best offer",
	}))
	var need uuid.UUID
	f.look(&need, "SELECT need_id FROM dps.offer WHERE id = $1", offer)
	f.done(f.API.RecordPanelDecision(f.t.Context(), as(policy.Commissioner, authority), market.RecordPanelDecisionInput{
		IdempotencyKey: key(), Need: id(need), DecidedOn: f.day(0), Agreed: true, Reasons: "No place nearer", Education: market.Pounds("100"),
	}))
	return f.done(f.API.ApproveAward(f.t.Context(), as(policy.Approver, authority), market.ApproveAwardInput{IdempotencyKey: key(), Award: id(award), Standstill: standstill}))
}

// look reads one value behind the walls.
func (f *fixture) look(into any, query string, args ...any) {
	f.t.Helper()
	if err := f.Admin.QueryRow(query, args...).Scan(into); err != nil {
		f.t.Fatal(err)
	}
}

// count counts behind the walls.
func (f *fixture) count(from string, args ...any) (n int) {
	f.t.Helper()
	f.look(&n, "SELECT count(*) FROM dps."+from, args...)
	return n
}

// scan reads rows behind the walls.
func (f *fixture) scan(query string, args []any, each func(*sql.Rows) error) {
	f.t.Helper()
	rows, err := f.Admin.Query(query, args...) //nolint:sqlclosecheck // Next closes them
	for err == nil && rows.Next() {
		err = each(rows)
	}
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// run writes behind the walls.
func (f *fixture) run(query string, args ...any) {
	f.t.Helper()
	if _, err := f.Admin.Exec(query, args...); err != nil {
		f.t.Fatal(err)
	}
}

// tamper writes as somebody who owns the machine: with every trigger off.
func (f *fixture) tamper(statements ...string) {
	f.t.Helper()
	f.run("SET session_replication_role = replica; " + strings.Join(statements, "; ") + "; SET session_replication_role = origin")
}

// atOnce runs n of the same at the same moment and returns their errors.
func atOnce(n int, do func(i int) error) []error {
	errs, start := make([]error, n), make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}

// waiting counts who waits for a lock of a kind.
func (f *fixture) waiting(kind string) (n int) {
	f.t.Helper()
	f.look(&n, "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = $1", kind)
	return n
}

// behind holds an advisory lock, begins n of the same, and lets go only when all of them wait for it: none can have been
// first by chance. It returns their errors.
func (f *fixture) behind(lock string, n int, do func(i int) error, meanwhile ...string) []error {
	f.t.Helper()
	return f.whileTheyWait(lock, n, do, func() {}, meanwhile...)
}

// cut ends the connection of one who waits for a lock.
func (f *fixture) cut(lock string, do func(i int) error) []error {
	f.t.Helper()
	return f.whileTheyWait(lock, 1, do, func() {
		f.run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
	})
}

func (f *fixture) whileTheyWait(lock string, n int, do func(i int) error, then func(), meanwhile ...string) []error {
	f.t.Helper()
	holder, err := f.Admin.Begin()
	if err != nil {
		f.t.Fatal(err)
	}
	defer holder.Rollback() //nolint:errcheck // after a commit it does nothing
	for _, statement := range append([]string{"SELECT pg_advisory_xact_lock(hashtextextended('" + lock + "', 0))"}, meanwhile...) {
		if _, err := holder.Exec(statement); err != nil {
			f.t.Fatal(err)
		}
	}
	over := make(chan []error, 1)
	go func() { over <- atOnce(n, do) }()
	for f.waiting("advisory") < n {
		select {
		case errs := <-over:
			f.t.Fatalf("nobody waited for the lock %s: %v", lock, errs)
		default:
		}
	}
	then()
	if err := holder.Commit(); err != nil {
		f.t.Fatal(err)
	}
	return <-over
}

// toNextMinute moves the clock to the start of a minute, so that a few calls fall into one.
func (f *fixture) toNextMinute() {
	f.t.Helper()
	now := f.now()
	f.Advance(f.t, now.Truncate(time.Minute).Add(time.Minute).Sub(now))
}

// workers is n rounds of the clock worker behind a lock, and what they did together.
func (f *fixture) workers(lock string, n int, meanwhile ...string) (all db.Worked) {
	f.t.Helper()
	done := make([]db.Worked, n)
	errs := f.behind(lock, n, func(i int) (err error) {
		done[i], err = f.Worker.Work(f.t.Context())
		return err
	}, meanwhile...)
	if ok := succeeded(f.t, errs); ok != n {
		f.t.Fatalf("%d of %d workers had no error", ok, n)
	}
	for _, d := range done {
		all.Closed, all.Lapsed, all.Mixed = all.Closed+d.Closed, all.Lapsed+d.Lapsed, all.Mixed+d.Mixed
	}
	return all
}

// succeeded counts the successes; every failure must be the refusal of one of the codes.
func succeeded(t *testing.T, errs []error, codes ...market.Code) (n int) {
	t.Helper()
	for _, err := range errs {
		var refusal *market.Refusal
		switch {
		case err == nil:
			n++
		case errors.As(err, &refusal):
			if !containsCode(codes, refusal.Code) {
				t.Errorf("refused with %v", err)
			}
		default:
			t.Errorf("failed: %v", err)
		}
	}
	return n
}

func containsCode(codes []market.Code, code market.Code) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}

func (f *fixture) work() db.Worked {
	f.t.Helper()
	done, err := f.Worker.Work(context.WithoutCancel(f.t.Context()))
	if err != nil {
		f.t.Fatal(err)
	}
	return done
}
