package dbtest

import (
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
	"github.com/southeasttogether/dps/market"
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
			AgeLow:   new(8), AgeHigh: new(17), Needs: market.Texts{AutismNeed}, Places: &f.placesInHome, Vacancies: &f.placesInHome,
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

// MarketNow is the market's clock.
func (f *Fixture) MarketNow() time.Time {
	f.T.Helper()
	var now time.Time
	f.QueryValue(&now, "SELECT dps.now()")
	return now
}

// DayFromNow is the day the given number of days after the market's today.
func (f *Fixture) DayFromNow(days int) market.Date {
	at := f.MarketNow().AddDate(0, 0, days)
	return market.NewDate(at.Year(), at.Month(), at.Day())
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

// EndOf is the cursor at the end of a page.
func EndOf(t *testing.T, p market.PageInfo) string {
	t.Helper()
	cursor, err := p.EndCursor()
	if err != nil || cursor == nil {
		t.Fatalf("a page without an end: %v", err)
	}
	return *cursor
}
