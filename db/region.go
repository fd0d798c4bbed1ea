package db

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/seal"
)

// Region is what exists before the market begins: organisations, markets, providers, and settings with their addresses.
type Region struct {
	Organisations []market.Organisation // a consortium before its boroughs
	Markets       []market.Market       // Regime.Code names the regime
	Providers     []market.Provider
	Settings      []RegionSetting
}

// RegionSetting is a setting with its address, which is stored separately and encrypted.
type RegionSetting struct {
	market.Setting
	Address string
}

// LoadRegion loads a region in one transaction, as the owner of the tables. What already exists does not change.
func LoadRegion(ctx context.Context, adminURL string, keys *seal.Keyring, r Region) error {
	owner, err := sql.Open("postgres", engine.OwnerURL(adminURL))
	if err != nil {
		return fmt.Errorf("database address: %w", err)
	}
	defer owner.Close()
	tx, err := owner.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("loading the region: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	l := regionLoader{ctx: ctx, tx: tx}
	for _, o := range r.Organisations {
		l.insertRow("organisation (id, kind, name, dfe_code, lead, consortium_id)", o.ID, o.Kind, o.Name, o.DfeCode, o.Lead, o.ConsortiumID)
	}
	for _, m := range r.Markets {
		l.checkEstablishment(m)
		l.insertRow("market (id, authority_id, name, regime, notice_at, ends_on, feedback_k)", m.ID, m.AuthorityID, m.Name, m.Regime.Code,
			m.NoticeAt, m.EndsOn.Time, m.FeedbackMinimum)
		l.insertIntention(m)
	}
	for _, p := range r.Providers {
		l.insertRow("provider (id, name, ukprn, company_number)", p.ID, p.Name, p.Ukprn, p.CompanyNumber)
	}
	for _, s := range r.Settings {
		l.insertSetting(keys, s)
	}
	if l.err != nil {
		return fmt.Errorf("loading the region: %w", l.err)
	}
	return tx.Commit()
}

type regionLoader struct {
	ctx context.Context
	tx  *sql.Tx
	err error
}

// checkEstablishment checks that a new market can be set up under its regime.
func (l *regionLoader) checkEstablishment(m market.Market) {
	if l.err != nil {
		return
	}
	var there bool
	if l.err = l.tx.QueryRowContext(l.ctx, "SELECT EXISTS (SELECT FROM market WHERE id = $1)", m.ID).Scan(&there); there || l.err != nil {
		return
	}
	regime, until, by := &m.Regime, &sql.Null[market.Date]{}, &sql.Null[market.Date]{}
	row := l.tx.QueryRowContext(l.ctx, "SELECT name, source, established_until, ends_by, intended_first FROM regime WHERE code = $1",
		regime.Code)
	if l.err = row.Scan(&regime.Name, &regime.Source, until, by, &regime.IntendedFirst); l.err != nil {
		l.err = fmt.Errorf("regime %q: %w", regime.Code, l.err)
		return
	}
	if until.Valid {
		regime.EstablishedUntil = &until.V
	}
	if by.Valid {
		regime.EndsBy = &by.V
	}
	l.err = admission.CheckEstablishment(m)
}

// insertIntention adds the notice of intention that came before a market.
func (l *regionLoader) insertIntention(m market.Market) {
	if n := m.Intention; n != nil {
		l.insertRow("market_notice (id, authority_id, market_id, number, kind, reference, words, published_at)",
			uuid.NewSHA1(m.ID, []byte(market.NoticeIntend)), m.AuthorityID, m.ID, 1, market.NoticeIntend, n.Reference, n.Words, n.PublishedAt)
	}
}

func (l *regionLoader) insertRow(into string, values ...any) {
	if l.err != nil {
		return
	}
	places := ""
	for i := range values {
		places += fmt.Sprintf(", $%d", i+1)
	}
	_, l.err = l.tx.ExecContext(l.ctx, "INSERT INTO "+into+" VALUES ("+places[2:]+") ON CONFLICT DO NOTHING", values...)
}

func (l *regionLoader) insertSetting(keys *seal.Keyring, s RegionSetting) {
	l.insertRow(`setting (id, provider_id, kind, name, urn, district, outcode, age_low, age_high, needs, places, vacancies,
			establishment_type, gender, section41, local_authority, easting, northing)`,
		s.ID, s.ProviderID, s.Kind, s.Name, s.Urn, s.District, s.Outcode, s.AgeLow, s.AgeHigh, pq.Array([]string(s.Needs)), s.Places, s.Vacancies,
		s.EstablishmentType, s.Gender, s.Section41, s.LocalAuthority, s.Easting, s.Northing)
	address, err := keys.Protect("address:"+s.ID.String(), []byte(s.Address))
	if err != nil && l.err == nil {
		l.err = err
	}
	l.insertRow("setting_address (setting_id, provider_id, address)", s.ID, s.ProviderID, address)
}
