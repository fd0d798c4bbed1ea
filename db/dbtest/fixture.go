package dbtest

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
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/placement"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	admissionrules "github.com/southeasttogether/dps/market/admission"
	awardrules "github.com/southeasttogether/dps/market/award"
	evaluationrules "github.com/southeasttogether/dps/market/evaluation"
	placementrules "github.com/southeasttogether/dps/market/placement"
	tenderingrules "github.com/southeasttogether/dps/market/tendering"
	"github.com/southeasttogether/dps/policy"
)

// QueryTexts reads one column as the superuser.
func QueryTexts(f *Fixture, query string, args ...any) (all []string) {
	f.T.Helper()
	f.ScanRows(query, args, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		all = append(all, s)
		return err
	})
	return all
}

// QueryTime reads an instant as the superuser.
func QueryTime(f *Fixture, query string, args ...any) (at time.Time) {
	f.T.Helper()
	f.QueryValue(&at, query, args...)
	return at
}

// MidnightIn is the start of a day in London, the given number of days from now.
func MidnightIn(f *Fixture, days int) time.Time {
	f.T.Helper()
	year, month, day := f.MarketNow().In(market.London).Date()
	return time.Date(year, month, day+days, 0, 0, 0, 0, market.London)
}

// MembershipOf is the membership of a provider in the fixture's lot.
func MembershipOf(f *Fixture, i int) (m uuid.UUID) {
	f.T.Helper()
	f.QueryValue(&m, "SELECT id FROM dps.membership WHERE provider_id = $1 AND lot_id = $2", f.Providers[i], f.Lot)
	return m
}

// SubmitApplication is the first provider's application to another lot.
func SubmitApplication(f *Fixture) uuid.UUID {
	f.T.Helper()
	lot := f.DraftLot(market.ProcedureMatching)
	f.RequireDone(admission.PublishLot(f.T.Context(), f.API, ActorAs(policy.MarketManager, f.Lead),
		admissionrules.PublishLotInput{IdempotencyKey: NewKey(), Lot: IDOf(lot)}))
	return f.RequireDone(admission.SubmitApplication(f.T.Context(), f.API, f.BidderActor(0),
		admissionrules.SubmitApplicationInput{
			IdempotencyKey: NewKey(), Lot: IDOf(lot), Statement: "Synthetic statement",
			NoGroundForExclusion: true,
		}))
}

// RecordInsurance records a declaration of the first provider, essential in its lot, that is valid for the given number
// of days; the second provider's lasts longer.
func RecordInsurance(f *Fixture, days int) (evidence uuid.UUID) {
	f.T.Helper()
	f.TamperWith(fmt.Sprintf("INSERT INTO dps.lot_evidence VALUES ('%s', '%s', 'MODERN_SLAVERY', true)", f.Lot, f.Lead))
	for i, valid := range []int{days, 360} {
		given := f.RequireDone(admission.RecordEvidence(f.T.Context(), f.API, f.BidderActor(i),
			admissionrules.RecordEvidenceInput{
				IdempotencyKey: NewKey(), Kind: "MODERN_SLAVERY", Reference: "Synthetic",
				ValidFrom: f.DayFromNow(0), ValidUntil: f.DayFromNow(valid), Declared: new(true),
			}))
		if i == 0 {
			evidence = given
		}
	}
	return evidence
}

// MakePlacement makes a placement of the first provider. Its first day can be recorded or not.
func MakePlacement(f *Fixture, started bool) (placementID uuid.UUID) {
	f.T.Helper()
	_, awardID := f.AwardNeed(f.Kent, 0)
	f.RequireDone(award.AcceptAward(f.T.Context(), f.API, f.BidderActor(0), awardrules.AcceptAwardInput{
		IdempotencyKey: NewKey(),
		Award:          IDOf(awardID),
	}))
	f.QueryValue(&placementID, "SELECT id FROM dps.placement")
	if started {
		f.ExecSQL("UPDATE dps.placement SET starts_on = (dps.now() AT TIME ZONE 'Europe/London')::date, started_at = dps.now()")
	}
	return placementID
}

// Fixture is a small synthetic market: one lead authority, a second partner, and the number of providers that the test
// asks for, each with one home.
type Fixture struct {
	*Database
	T            *testing.T
	Lead, Kent   uuid.UUID
	Market       uuid.UUID
	Providers    []uuid.UUID
	Settings     []uuid.UUID
	Lot          uuid.UUID
	criteria     []uuid.UUID
	placesInHome int
}

// filledFixtures are the fixtures in the templates of NewFixture, by name.
var filledFixtures sync.Map

// NewFixture is the market and, with that number of members, its published lot of the matching procedure. It is a copy
// of one that is made once for each number of members and places.
func NewFixture(t *testing.T, members, placesInHome int) *Fixture {
	t.Helper()
	name := fmt.Sprintf("fixture of %d members with %d places", members, placesInHome)
	copied := Prepared(t, name, func(d *Database) {
		f := &Fixture{Database: d, T: t, Lead: uuid.New(), Kent: uuid.New(), Market: uuid.New(), placesInHome: placesInHome}
		f.fill(members)
		filledFixtures.Store(name, *f)
	})
	filled, _ := filledFixtures.Load(name)
	f := filled.(Fixture)
	f.Database, f.T = copied, t
	f.Providers, f.Settings, f.criteria = slices.Clone(f.Providers), slices.Clone(f.Settings), slices.Clone(f.criteria)
	return &f
}

func (f *Fixture) fill(members int) {
	f.T.Helper()
	region := db.Region{
		Organisations: []market.Organisation{
			{ID: f.Lead, Kind: market.OrganisationKindPartner, Name: "Synthetic lead authority", DfeCode: new("938"), Lead: true},
			{ID: f.Kent, Kind: market.OrganisationKindPartner, Name: "Synthetic partner", DfeCode: new("886")},
		},
		Markets: []market.Market{{
			ID: f.Market, AuthorityID: f.Lead, Name: "Synthetic market", Regime: market.Regime{Code: "PCR_DPS"},
			NoticeAt: time.Date(2024, 9, 2, 9, 0, 0, 0, time.UTC), EndsOn: market.NewDate(2029, 2, 23), FeedbackMinimum: 3,
		}},
	}
	for i := range members {
		p, s := uuid.New(), uuid.New()
		f.Providers, f.Settings = append(f.Providers, p), append(f.Settings, s)
		region.Providers = append(region.Providers, market.Provider{ID: p, Name: fmt.Sprintf("Synthetic provider %d", i)})
		region.Settings = append(region.Settings, db.RegionSetting{Setting: market.Setting{
			ID: s, ProviderID: &p, Kind: market.SettingHome, Name: fmt.Sprintf("Synthetic home %d", i), Urn: fmt.Sprintf("SC%06d", i),
			District: "Adur",
			AgeLow:   8, AgeHigh: 17, Needs: market.Texts{AutismNeed}, Places: f.placesInHome, Vacancies: f.placesInHome,
		}, Address: "1 Synthetic Street"})
	}
	f.Load(f.T, region)
	f.PublishLot(market.ProcedureMatching)
	for i := range f.Providers {
		f.AdmitProvider(i)
	}
}

// AutismNeed is the need that the fixture's lot and settings are for.
const AutismNeed = "ASD - Autistic Spectrum Disorder"

var keyCount int64

var keysLock sync.Mutex

// NewKey is an idempotency key that no other request has.
func NewKey() string {
	keysLock.Lock()
	defer keysLock.Unlock()
	keyCount++
	return fmt.Sprintf("test-key-%d", keyCount)
}

// ActorAs is a person of an organisation in a capacity.
func ActorAs(role policy.Role, organisation uuid.UUID) policy.Actor {
	return policy.Actor{Person: "synthetic-" + string(role), Role: role, Organisation: organisation}
}

// BidderActor is the bids manager of provider i.
func (f *Fixture) BidderActor(i int) policy.Actor { return ActorAs(policy.BidsManager, f.Providers[i]) }

// IDOf is an id as an input names it.
func IDOf(id uuid.UUID) market.ID { return market.ID{UUID: id} }

// RequireDone fails the test unless a use case succeeded.
func (f *Fixture) RequireDone(id uuid.UUID, err error) uuid.UUID {
	f.T.Helper()
	if err != nil {
		f.T.Fatal(err)
	}
	return id
}

// RequireRefused fails the test unless a use case was refused with a code.
func RequireRefused(t *testing.T, err error, code market.Code) {
	t.Helper()
	var refusal *market.Refusal
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("got %v, want the refusal %s", err, code)
	}
}

// PublishLot publishes a lot of a procedure, which is the fixture's from now on.
func (f *Fixture) PublishLot(procedure market.ProcedureCode) {
	f.T.Helper()
	f.Lot = f.DraftLot(procedure)
	f.RequireDone(admission.PublishLot(f.T.Context(), f.API, ActorAs(policy.MarketManager, f.Lead),
		admissionrules.PublishLotInput{IdempotencyKey: NewKey(), Lot: IDOf(f.Lot)}))
	f.criteria = nil
	f.ScanRows("SELECT id FROM dps.criterion WHERE lot_id = $1 AND kind = 'QUALITY'", []any{f.Lot}, func(rows *sql.Rows) error {
		var c uuid.UUID
		err := rows.Scan(&c)
		f.criteria = append(f.criteria, c)
		return err
	})
}

// DraftLot creates a lot that nobody has published.
func (f *Fixture) DraftLot(procedure market.ProcedureCode) uuid.UUID {
	f.T.Helper()
	return f.RequireDone(admission.CreateLot(f.T.Context(), f.API, ActorAs(policy.MarketManager, f.Lead), admissionrules.CreateLotInput{
		IdempotencyKey: NewKey(), Market: IDOf(f.Market), Name: "Homes", Description: "Synthetic lot", Kind: "CHILDRENS_HOME",
		Procedure: procedure,
		AgeLow:    8, AgeHigh: 17, Needs: []string{AutismNeed}, Contract: "Synthetic contract", ContractVersion: "1",
		Criteria: []admissionrules.CriterionInput{
			{Kind: market.CriterionQuality, Name: "Match", Description: "How well it fits", Weight: market.Pounds("60"), TopScore: 5},
			{Kind: market.CriterionPrice, Name: "Price", Description: "A year", Weight: market.Pounds("40"), TopScore: 100},
		},
	}))
}

// AdmitProvider has provider i apply to the fixture's lot, and admits it.
func (f *Fixture) AdmitProvider(i int) {
	f.T.Helper()
	application := f.RequireDone(admission.SubmitApplication(f.T.Context(), f.API, f.BidderActor(i), admissionrules.SubmitApplicationInput{
		IdempotencyKey: NewKey(), Lot: IDOf(f.Lot), Statement: "Synthetic statement", NoGroundForExclusion: true,
	}))
	f.RequireDone(admission.DecideApplication(f.T.Context(), f.API, ActorAs(policy.MarketManager, f.Lead),
		admissionrules.DecideApplicationInput{
			IdempotencyKey: NewKey(), Application: IDOf(application), Decision: admissionrules.ApplicationAdmitted, Reasons: "It meets the criteria",
		}))
}

// MarketNow is the market's clock.
func (f *Fixture) MarketNow() time.Time {
	f.T.Helper()
	var now time.Time
	f.QueryValue(&now, "SELECT dps.now()")
	return now
}

// PublishNeed publishes a need of an authority that closes in 11 days.
func (f *Fixture) PublishNeed(authority uuid.UUID) uuid.UUID {
	f.T.Helper()
	need := f.DraftNeed(authority)
	f.PublishDraft(authority, need)
	return need
}

// PublishDraft publishes a draft until eleven days from now.
func (f *Fixture) PublishDraft(authority, need uuid.UUID) {
	f.T.Helper()
	f.RequireDone(tendering.PublishNeed(f.T.Context(), f.API, ActorAs(policy.Commissioner, authority), tenderingrules.PublishNeedInput{
		IdempotencyKey: NewKey(), Need: IDOf(need), Deadline: f.MarketNow().AddDate(0, 0, 11),
		UniqueReason: new("The only synthetic one of its kind"),
	}))
}

// DraftNeed creates a need of an authority in the fixture's lot.
func (f *Fixture) DraftNeed(authority uuid.UUID) uuid.UUID {
	f.T.Helper()
	return f.RequireDone(tendering.CreateNeed(f.T.Context(), f.API, ActorAs(policy.Commissioner, authority), tenderingrules.CreateNeedInput{
		IdempotencyKey: NewKey(), Lot: IDOf(f.Lot), AgeLow: 10, AgeHigh: 12, PrimaryNeed: AutismNeed, LegalBasis: "SECTION_20",
		HomeOutcode: "BN11", TravelMiles: 20,
		StartFrom: f.DayFromNow(0), StartTo: f.DayFromNow(90), Profile: "A calm place with few others", Outcomes: "Feels safe",
	}))
}

// DayFromNow is the day the given number of days after the market's today.
func (f *Fixture) DayFromNow(days int) market.Date {
	at := f.MarketNow().AddDate(0, 0, days)
	return market.NewDate(at.Year(), at.Month(), at.Day())
}

// OfferInput is an offer of provider i to a need: one place at 4,000 pounds a week for 52 weeks.
func (f *Fixture) OfferInput(need uuid.UUID, i int) tenderingrules.SubmitOfferInput {
	return tenderingrules.SubmitOfferInput{
		IdempotencyKey: NewKey(), Need: IDOf(need), Setting: IDOf(f.Settings[i]), StartsOn: f.DayFromNow(30), Places: 1, NeedsMet: "Each need",
		OutcomesMet: "Each outcome",
		Weeks:       52, Fees: []tenderingrules.FeeInput{{Kind: "RESIDENTIAL_CARE", Description: "Care", Weekly: market.Pounds("4000.00")}},
	}
}

// SubmitOffer has provider i submit the offer of OfferInput.
func (f *Fixture) SubmitOffer(need uuid.UUID, i int) uuid.UUID {
	f.T.Helper()
	return f.RequireDone(tendering.SubmitOffer(f.T.Context(), f.API, f.BidderActor(i), f.OfferInput(need, i)))
}

// RankOffers opens the offers of a need after its deadline and evaluates them, up to the ranking.
func (f *Fixture) RankOffers(authority, need uuid.UUID, offers ...uuid.UUID) {
	f.T.Helper()
	ctx := f.T.Context()
	f.DeclareNoInterest(need, ActorAs(policy.OpeningOfficer, authority), ActorAs(policy.Commissioner, authority), ActorAs(policy.Evaluator,
		authority), ActorAs(policy.Approver, authority))
	f.RequireDone(evaluation.OpenOffers(ctx, f.API, ActorAs(policy.OpeningOfficer, authority),
		evaluationrules.OpenOffersInput{IdempotencyKey: NewKey(), Need: IDOf(need)}))
	var checks []evaluationrules.SuitabilityCheckInput
	for _, c := range market.SuitabilityCodes {
		checks = append(checks, evaluationrules.SuitabilityCheckInput{Check: c, Passed: true, Reason: "Few others, and calm"})
	}
	for _, o := range offers {
		f.RequireDone(evaluation.AssessSuitability(ctx, f.API, ActorAs(policy.Commissioner, authority),
			evaluationrules.AssessSuitabilityInput{IdempotencyKey: NewKey(), Offer: IDOf(o), Checks: checks}))
		f.RequireDone(evaluation.ScoreOffer(ctx, f.API, ActorAs(policy.Evaluator, authority), evaluationrules.ScoreOfferInput{
			IdempotencyKey: NewKey(), Offer: IDOf(o), Scores: []evaluationrules.ScoreInput{{
				Criterion: IDOf(f.criteria[0]),
				Points:    4, Comment: "Fits well",
			}},
		}))
	}
	f.RequireDone(evaluation.LockScores(ctx, f.API, ActorAs(policy.Evaluator, authority),
		evaluationrules.LockScoresInput{IdempotencyKey: NewKey(), Need: IDOf(need)}))
}

// DeclareNoInterest makes people declare that they have no interest in a need's outcome.
func (f *Fixture) DeclareNoInterest(need uuid.UUID, people ...policy.Actor) {
	f.T.Helper()
	for _, who := range people {
		f.RequireDone(tendering.DeclareInterest(f.T.Context(), f.API, who, tenderingrules.DeclareInterestInput{
			IdempotencyKey: NewKey(),
			Need:           IDOf(need),
		}))
	}
}

// AwardNeed takes a need of an authority from its draft to an approved award to provider i.
func (f *Fixture) AwardNeed(authority uuid.UUID, i int) (need, awardID uuid.UUID) {
	f.T.Helper()
	need = f.PublishNeed(authority)
	offer := f.SubmitOffer(need, i)
	f.Advance(f.T, 12*24*time.Hour)
	f.RankOffers(authority, need, offer)
	return need, f.approveAward(authority, offer)
}

func (f *Fixture) approveAward(authority, offer uuid.UUID) uuid.UUID {
	f.T.Helper()
	return f.ApproveAwardWith(authority, offer, false)
}

// ApproveAwardWith proposes an award to an offer and approves it, with or without a standstill.
func (f *Fixture) ApproveAwardWith(authority, offer uuid.UUID, standstill bool) uuid.UUID {
	f.T.Helper()
	awardID := f.RequireDone(award.ProposeAward(f.T.Context(), f.API, ActorAs(policy.Commissioner, authority), awardrules.ProposeAwardInput{
		IdempotencyKey: NewKey(), Offer: IDOf(offer), Reason: "The best offer",
	}))
	var need uuid.UUID
	f.QueryValue(&need, "SELECT need_id FROM dps.offer WHERE id = $1", offer)
	f.RequireDone(award.RecordPanelDecision(f.T.Context(), f.API, ActorAs(policy.Commissioner, authority), awardrules.RecordPanelDecisionInput{
		IdempotencyKey: NewKey(), Need: IDOf(need), DecidedOn: f.DayFromNow(0), Agreed: true, Reasons: "No place nearer",
		Education: market.Pounds("100"),
	}))
	return f.RequireDone(award.ApproveAward(f.T.Context(), f.API, ActorAs(policy.Approver, authority),
		awardrules.ApproveAwardInput{IdempotencyKey: NewKey(), Award: IDOf(awardID), Standstill: standstill}))
}

// QueryValue reads one value as the superuser.
func (f *Fixture) QueryValue(into any, query string, args ...any) {
	f.T.Helper()
	if err := f.Admin.QueryRow(query, args...).Scan(into); err != nil {
		f.T.Fatal(err)
	}
}

// CountRows counts as the superuser.
func (f *Fixture) CountRows(from string, args ...any) (n int) {
	f.T.Helper()
	f.QueryValue(&n, "SELECT count(*) FROM dps."+from, args...)
	return n
}

// ScanRows reads rows as the superuser.
func (f *Fixture) ScanRows(query string, args []any, each func(*sql.Rows) error) {
	f.T.Helper()
	rows, err := f.Admin.Query(query, args...) //nolint:sqlclosecheck // Next closes them
	for err == nil && rows.Next() {
		err = each(rows)
	}
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		f.T.Fatal(err)
	}
}

// ExecSQL writes as the superuser.
func (f *Fixture) ExecSQL(query string, args ...any) {
	f.T.Helper()
	if _, err := f.Admin.Exec(query, args...); err != nil {
		f.T.Fatal(err)
	}
}

// TamperWith writes as somebody who owns the machine, with every trigger off.
func (f *Fixture) TamperWith(statements ...string) {
	f.T.Helper()
	f.ExecSQL("SET session_replication_role = replica; " + strings.Join(statements, "; ") + "; SET session_replication_role = origin")
}

// AtOnce runs n of the same at the same moment and returns their errors.
func AtOnce(n int, do func(i int) error) []error {
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

// CountWaiting counts the sessions that wait for a lock of a kind.
func (f *Fixture) CountWaiting(kind string) (n int) {
	f.T.Helper()
	f.QueryValue(&n, "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = $1", kind)
	return n
}

// runBehindLock holds an advisory lock, starts n of the same, and releases the lock only when all of them wait for it,
// so that none is first by chance. It returns their errors.
func (f *Fixture) runBehindLock(lock string, n int, do func(i int) error, meanwhile ...string) []error {
	f.T.Helper()
	return f.runWhileWaiting(lock, n, do, func() {}, meanwhile...)
}

// CutWhileWaiting ends a connection that waits for a lock.
func (f *Fixture) CutWhileWaiting(lock string, do func(i int) error) []error {
	f.T.Helper()
	return f.runWhileWaiting(lock, 1, do, func() {
		f.ExecSQL("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
	})
}

func (f *Fixture) runWhileWaiting(lock string, n int, do func(i int) error, then func(), meanwhile ...string) []error {
	f.T.Helper()
	holder, err := f.Admin.Begin()
	if err != nil {
		f.T.Fatal(err)
	}
	defer holder.Rollback() //nolint:errcheck // after a commit it does nothing
	for _, statement := range append([]string{"SELECT pg_advisory_xact_lock(hashtextextended('" + lock + "', 0))"}, meanwhile...) {
		if _, err := holder.Exec(statement); err != nil {
			f.T.Fatal(err)
		}
	}
	over := make(chan []error, 1)
	go func() { over <- AtOnce(n, do) }()
	for f.CountWaiting("advisory") < n {
		select {
		case errs := <-over:
			f.T.Fatalf("nobody waited for the lock %s: %v", lock, errs)
		default:
		}
	}
	then()
	if err := holder.Commit(); err != nil {
		f.T.Fatal(err)
	}
	return <-over
}

// ToNextMinute moves the clock to the start of a minute, so that a few calls fall into one.
func (f *Fixture) ToNextMinute() {
	f.T.Helper()
	now := f.MarketNow()
	f.Advance(f.T, now.Truncate(time.Minute).Add(time.Minute).Sub(now))
}

// RunWorkers runs n rounds of the clock worker behind a lock, and returns what they did together.
func (f *Fixture) RunWorkers(lock string, n int, meanwhile ...string) (all record.WorkSummary) {
	f.T.Helper()
	done := make([]record.WorkSummary, n)
	errs := f.runBehindLock(lock, n, func(i int) (err error) {
		done[i], err = record.Work(f.T.Context(), f.Worker)
		return err
	}, meanwhile...)
	if ok := CountSucceeded(f.T, errs); ok != n {
		f.T.Fatalf("%d of %d workers had no error", ok, n)
	}
	for _, d := range done {
		all.Closed, all.Lapsed, all.Mixed = all.Closed+d.Closed, all.Lapsed+d.Lapsed, all.Mixed+d.Mixed
	}
	return all
}

// CountSucceeded counts the successes. Every failure must be a refusal with one of the codes.
func CountSucceeded(t *testing.T, errs []error, codes ...market.Code) (n int) {
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

// RunWorker is one round of the clock worker, and what it did.
func (f *Fixture) RunWorker() record.WorkSummary {
	f.T.Helper()
	done, err := record.Work(context.WithoutCancel(f.T.Context()), f.Worker)
	if err != nil {
		f.T.Fatal(err)
	}
	return done
}

// These are the guards of the database itself. Tests ask each directly, without the checks of the program.

// RequireSQLState fails the test unless PostgreSQL refused with a code.
func RequireSQLState(t *testing.T, err error, code pqerror.Code) {
	t.Helper()
	var pqErr *pq.Error
	if !errors.As(err, &pqErr) || pqErr.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

// RequireNoError ends the test at an error.
func RequireNoError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// StartPlacement places a child of an authority in the home of provider i, and returns its need and placement.
func StartPlacement(f *Fixture, authority uuid.UUID, i int) (need, placementID uuid.UUID) {
	f.T.Helper()
	ctx := f.T.Context()
	need, awardID := f.AwardNeed(authority, i)
	f.RequireDone(award.AcceptAward(ctx, f.API, f.BidderActor(i), awardrules.AcceptAwardInput{IdempotencyKey: NewKey(), Award: IDOf(awardID)}))
	f.QueryValue(&placementID, "SELECT id FROM dps.placement WHERE award_id = $1", awardID)
	for _, side := range []policy.Actor{f.BidderActor(i), ActorAs(policy.Commissioner, authority)} {
		f.RequireDone(placement.SignAgreement(ctx, f.API, side, placementrules.SignAgreementInput{
			IdempotencyKey: NewKey(),
			Placement:      IDOf(placementID),
		}))
	}
	f.Advance(f.T, 40*24*time.Hour)
	f.RequireDone(placement.StartPlacement(ctx, f.API, ActorAs(policy.Commissioner, authority),
		placementrules.StartPlacementInput{IdempotencyKey: NewKey(), Placement: IDOf(placementID)}))
	return need, placementID
}

// EndOf is the cursor at the end of a page.
func EndOf(t *testing.T, p market.PageInfo) string {
	t.Helper()
	cursor, err := p.EndCursor()
	if err != nil || cursor == nil {
		t.Fatalf("a page without an end: %v", err)
	}
	return *cursor
}
