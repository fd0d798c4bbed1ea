package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
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

// filledFixtures are the fixtures in the templates of newFixture, by name.
var filledFixtures sync.Map

// newFixture is the market and, with as many members, its published lot of the matching procedure: a copy of one that is
// made once for each number of members and places.
func newFixture(t *testing.T, members, placesInHome int) *fixture {
	t.Helper()
	name := fmt.Sprintf("fixture of %d members with %d places", members, placesInHome)
	copied := dbtest.Prepared(t, name, func(d *dbtest.Database) {
		f := &fixture{Database: d, t: t, lead: uuid.New(), kent: uuid.New(), market: uuid.New(), placesInHome: placesInHome}
		f.fill(members)
		filledFixtures.Store(name, *f)
	})
	filled, _ := filledFixtures.Load(name)
	f := filled.(fixture)
	f.Database, f.t = copied, t
	f.providers, f.settings, f.criteria = slices.Clone(f.providers), slices.Clone(f.settings), slices.Clone(f.criteria)
	return &f
}

func (f *fixture) fill(members int) {
	f.t.Helper()
	region := db.Region{
		Organisations: []market.Organisation{
			{ID: f.lead, Kind: market.OrganisationKindPartner, Name: "Synthetic lead authority", DfeCode: new("938"), Lead: true},
			{ID: f.kent, Kind: market.OrganisationKindPartner, Name: "Synthetic partner", DfeCode: new("886")},
		},
		Markets: []market.Market{{
			ID: f.market, AuthorityID: f.lead, Name: "Synthetic market", Regime: market.Regime{Code: "PCR_DPS"},
			NoticeAt: time.Date(2024, 9, 2, 9, 0, 0, 0, time.UTC), EndsOn: market.NewDate(2029, 2, 23), FeedbackMinimum: 3,
		}},
	}
	for i := range members {
		p, s := uuid.New(), uuid.New()
		f.providers, f.settings = append(f.providers, p), append(f.settings, s)
		region.Providers = append(region.Providers, market.Provider{ID: p, Name: fmt.Sprintf("Synthetic provider %d", i)})
		region.Settings = append(region.Settings, db.RegionSetting{Setting: market.Setting{
			ID: s, ProviderID: &p, Kind: market.SettingHome, Name: fmt.Sprintf("Synthetic home %d", i), Urn: fmt.Sprintf("SC%06d", i), District: "Adur",
			AgeLow: 8, AgeHigh: 17, Needs: market.Texts{autismNeed}, Places: f.placesInHome, Vacancies: f.placesInHome,
		}, Address: "1 Synthetic Street"})
	}
	f.Load(f.t, region)
	f.publishLot(market.ProcedureMatching)
	for i := range f.providers {
		f.admitProvider(i)
	}
}

const autismNeed = "ASD - Autistic Spectrum Disorder"

var keyCount int64
var keysLock sync.Mutex

// newKey is an idempotency key that no other request has.
func newKey() string {
	keysLock.Lock()
	defer keysLock.Unlock()
	keyCount++
	return fmt.Sprintf("test-key-%d", keyCount)
}

func actorAs(role policy.Role, organisation uuid.UUID) policy.Actor {
	return policy.Actor{Person: "synthetic-" + string(role), Role: role, Organisation: organisation}
}

func (f *fixture) bidderActor(i int) policy.Actor { return actorAs(policy.BidsManager, f.providers[i]) }

func idOf(id uuid.UUID) market.ID { return market.ID{UUID: id} }

// requireDone fails the test unless a use case succeeded.
func (f *fixture) requireDone(id uuid.UUID, err error) uuid.UUID {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

// requireRefused fails the test unless a use case was refused with a code.
func requireRefused(t *testing.T, err error, code market.Code) {
	t.Helper()
	var refusal *market.Refusal
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("got %v, want the refusal %s", err, code)
	}
}

func (f *fixture) publishLot(procedure market.ProcedureCode) {
	f.t.Helper()
	f.lot = f.draftLot(procedure)
	f.requireDone(f.API.PublishLot(f.t.Context(), actorAs(policy.MarketManager, f.lead), market.PublishLotInput{IdempotencyKey: newKey(), Lot: idOf(f.lot)}))
	f.criteria = nil
	f.scanRows("SELECT id FROM dps.criterion WHERE lot_id = $1 AND kind = 'QUALITY'", []any{f.lot}, func(rows *sql.Rows) error {
		var c uuid.UUID
		err := rows.Scan(&c)
		f.criteria = append(f.criteria, c)
		return err
	})
}

func (f *fixture) draftLot(procedure market.ProcedureCode) uuid.UUID {
	f.t.Helper()
	return f.requireDone(f.API.CreateLot(f.t.Context(), actorAs(policy.MarketManager, f.lead), market.CreateLotInput{
		IdempotencyKey: newKey(), Market: idOf(f.market), Name: "Homes", Description: "Synthetic lot", Kind: "CHILDRENS_HOME", Procedure: procedure,
		AgeLow: 8, AgeHigh: 17, Needs: []string{autismNeed}, Contract: "Synthetic contract", ContractVersion: "1",
		Criteria: []market.CriterionInput{
			{Kind: market.CriterionQuality, Name: "Match", Description: "How well it fits", Weight: market.Pounds("60"), TopScore: 5},
			{Kind: market.CriterionPrice, Name: "Price", Description: "A year", Weight: market.Pounds("40"), TopScore: 100},
		},
	}))
}

func (f *fixture) admitProvider(i int) {
	f.t.Helper()
	application := f.requireDone(f.API.SubmitApplication(f.t.Context(), f.bidderActor(i), market.SubmitApplicationInput{
		IdempotencyKey: newKey(), Lot: idOf(f.lot), Statement: "Synthetic statement", NoGroundForExclusion: true,
	}))
	f.requireDone(f.API.DecideApplication(f.t.Context(), actorAs(policy.MarketManager, f.lead), market.DecideApplicationInput{
		IdempotencyKey: newKey(), Application: idOf(application), Decision: market.ApplicationAdmitted, Reasons: "It meets the criteria",
	}))
}

// marketNow is the market's clock.
func (f *fixture) marketNow() time.Time {
	f.t.Helper()
	var now time.Time
	f.queryValue(&now, "SELECT dps.now()")
	return now
}

// publishNeed publishes a need of an authority that closes in 11 days.
func (f *fixture) publishNeed(authority uuid.UUID) uuid.UUID {
	f.t.Helper()
	commissioner := actorAs(policy.Commissioner, authority)
	need := f.draftNeed(authority)
	return f.requireDone(f.API.PublishNeed(f.t.Context(), commissioner, market.PublishNeedInput{
		IdempotencyKey: newKey(), Need: idOf(need), Deadline: f.marketNow().AddDate(0, 0, 11), UniqueReason: new("The only synthetic one of its kind"),
	}))
}

func (f *fixture) draftNeed(authority uuid.UUID) uuid.UUID {
	f.t.Helper()
	return f.requireDone(f.API.CreateNeed(f.t.Context(), actorAs(policy.Commissioner, authority), market.CreateNeedInput{
		IdempotencyKey: newKey(), Lot: idOf(f.lot), AgeLow: 10, AgeHigh: 12, PrimaryNeed: autismNeed, LegalBasis: "SECTION_20", HomeOutcode: "BN11", TravelMiles: 20,
		StartFrom: f.dayFromNow(0), StartTo: f.dayFromNow(90), Profile: "A calm place with few others", Outcomes: "Feels safe",
	}))
}

func (f *fixture) dayFromNow(days int) market.Date {
	at := f.marketNow().AddDate(0, 0, days)
	return market.NewDate(at.Year(), at.Month(), at.Day())
}

func (f *fixture) offerInput(need uuid.UUID, i int) market.SubmitOfferInput {
	return market.SubmitOfferInput{
		IdempotencyKey: newKey(), Need: idOf(need), Setting: idOf(f.settings[i]), StartsOn: f.dayFromNow(30), Places: 1, NeedsMet: "Each need", OutcomesMet: "Each outcome",
		Weeks: 52, Fees: []market.FeeInput{{Kind: "RESIDENTIAL_CARE", Description: "Care", Weekly: market.Pounds("4000.00")}},
	}
}

func (f *fixture) submitOffer(need uuid.UUID, i int) uuid.UUID {
	f.t.Helper()
	return f.requireDone(f.API.SubmitOffer(f.t.Context(), f.bidderActor(i), f.offerInput(need, i)))
}

// rankOffers opens the offers of a need after its deadline and evaluates them, up to the ranking.
func (f *fixture) rankOffers(authority, need uuid.UUID, offers ...uuid.UUID) {
	f.t.Helper()
	ctx := f.t.Context()
	f.declareNoInterest(need, actorAs(policy.OpeningOfficer, authority), actorAs(policy.Commissioner, authority), actorAs(policy.Evaluator, authority), actorAs(policy.Approver, authority))
	f.requireDone(f.API.OpenOffers(ctx, actorAs(policy.OpeningOfficer, authority), market.OpenOffersInput{IdempotencyKey: newKey(), Need: idOf(need)}))
	var checks []market.SuitabilityCheckInput
	for _, c := range market.SuitabilityCodes {
		checks = append(checks, market.SuitabilityCheckInput{Check: c, Passed: true, Reason: "Few others, and calm"})
	}
	for _, o := range offers {
		f.requireDone(f.API.AssessSuitability(ctx, actorAs(policy.Commissioner, authority), market.AssessSuitabilityInput{IdempotencyKey: newKey(), Offer: idOf(o), Checks: checks}))
		f.requireDone(f.API.ScoreOffer(ctx, actorAs(policy.Evaluator, authority), market.ScoreOfferInput{
			IdempotencyKey: newKey(), Offer: idOf(o), Scores: []market.ScoreInput{{Criterion: idOf(f.criteria[0]), Points: 4, Comment: "Fits well"}},
		}))
	}
	f.requireDone(f.API.LockScores(ctx, actorAs(policy.Evaluator, authority), market.LockScoresInput{IdempotencyKey: newKey(), Need: idOf(need)}))
}

// declareNoInterest has people declare that they have no interest in a need's outcome.
func (f *fixture) declareNoInterest(need uuid.UUID, people ...policy.Actor) {
	f.t.Helper()
	for _, who := range people {
		f.requireDone(f.API.DeclareInterest(f.t.Context(), who, market.DeclareInterestInput{IdempotencyKey: newKey(), Need: idOf(need)}))
	}
}

// awardNeed brings a need of an authority from nothing to an approved award to provider i.
func (f *fixture) awardNeed(authority uuid.UUID, i int) (need, award uuid.UUID) {
	f.t.Helper()
	need = f.publishNeed(authority)
	offer := f.submitOffer(need, i)
	f.Advance(f.t, 12*24*time.Hour)
	f.rankOffers(authority, need, offer)
	return need, f.approveAward(authority, offer)
}

func (f *fixture) approveAward(authority, offer uuid.UUID) uuid.UUID {
	f.t.Helper()
	return f.approveAwardWith(authority, offer, false)
}

func (f *fixture) approveAwardWith(authority, offer uuid.UUID, standstill bool) uuid.UUID {
	f.t.Helper()
	award := f.requireDone(f.API.ProposeAward(f.t.Context(), actorAs(policy.Commissioner, authority), market.ProposeAwardInput{
		IdempotencyKey: newKey(), Offer: idOf(offer), Reason: "The best offer",
	}))
	var need uuid.UUID
	f.queryValue(&need, "SELECT need_id FROM dps.offer WHERE id = $1", offer)
	f.requireDone(f.API.RecordPanelDecision(f.t.Context(), actorAs(policy.Commissioner, authority), market.RecordPanelDecisionInput{
		IdempotencyKey: newKey(), Need: idOf(need), DecidedOn: f.dayFromNow(0), Agreed: true, Reasons: "No place nearer", Education: market.Pounds("100"),
	}))
	return f.requireDone(f.API.ApproveAward(f.t.Context(), actorAs(policy.Approver, authority), market.ApproveAwardInput{IdempotencyKey: newKey(), Award: idOf(award), Standstill: standstill}))
}

// queryValue reads one value behind the walls.
func (f *fixture) queryValue(into any, query string, args ...any) {
	f.t.Helper()
	if err := f.Admin.QueryRow(query, args...).Scan(into); err != nil {
		f.t.Fatal(err)
	}
}

// countRows counts behind the walls.
func (f *fixture) countRows(from string, args ...any) (n int) {
	f.t.Helper()
	f.queryValue(&n, "SELECT count(*) FROM dps."+from, args...)
	return n
}

// scanRows reads rows behind the walls.
func (f *fixture) scanRows(query string, args []any, each func(*sql.Rows) error) {
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

// execSQL writes behind the walls.
func (f *fixture) execSQL(query string, args ...any) {
	f.t.Helper()
	if _, err := f.Admin.Exec(query, args...); err != nil {
		f.t.Fatal(err)
	}
}

// tamperWith writes as somebody who owns the machine: with every trigger off.
func (f *fixture) tamperWith(statements ...string) {
	f.t.Helper()
	f.execSQL("SET session_replication_role = replica; " + strings.Join(statements, "; ") + "; SET session_replication_role = origin")
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

// countWaiting counts who waits for a lock of a kind.
func (f *fixture) countWaiting(kind string) (n int) {
	f.t.Helper()
	f.queryValue(&n, "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = $1", kind)
	return n
}

// runBehindLock holds an advisory lock, begins n of the same, and lets go only when all of them wait for it: none can have been
// first by chance. It returns their errors.
func (f *fixture) runBehindLock(lock string, n int, do func(i int) error, meanwhile ...string) []error {
	f.t.Helper()
	return f.runWhileWaiting(lock, n, do, func() {}, meanwhile...)
}

// cutWhileWaiting ends the connection of one who waits for a lock.
func (f *fixture) cutWhileWaiting(lock string, do func(i int) error) []error {
	f.t.Helper()
	return f.runWhileWaiting(lock, 1, do, func() {
		f.execSQL("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
	})
}

func (f *fixture) runWhileWaiting(lock string, n int, do func(i int) error, then func(), meanwhile ...string) []error {
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
	for f.countWaiting("advisory") < n {
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
	now := f.marketNow()
	f.Advance(f.t, now.Truncate(time.Minute).Add(time.Minute).Sub(now))
}

// runWorkers is n rounds of the clock worker behind a lock, and what they did together.
func (f *fixture) runWorkers(lock string, n int, meanwhile ...string) (all db.WorkSummary) {
	f.t.Helper()
	done := make([]db.WorkSummary, n)
	errs := f.runBehindLock(lock, n, func(i int) (err error) {
		done[i], err = f.Worker.Work(f.t.Context())
		return err
	}, meanwhile...)
	if ok := countSucceeded(f.t, errs); ok != n {
		f.t.Fatalf("%d of %d workers had no error", ok, n)
	}
	for _, d := range done {
		all.Closed, all.Lapsed, all.Mixed = all.Closed+d.Closed, all.Lapsed+d.Lapsed, all.Mixed+d.Mixed
	}
	return all
}

// countSucceeded counts the successes; every failure must be the refusal of one of the codes.
func countSucceeded(t *testing.T, errs []error, codes ...market.Code) (n int) {
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

func (f *fixture) runWorker() db.WorkSummary {
	f.t.Helper()
	done, err := f.Worker.Work(context.WithoutCancel(f.t.Context()))
	if err != nil {
		f.t.Fatal(err)
	}
	return done
}
