package region

import (
	"context"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/internal/engine"
	rules "github.com/southeasttogether/dps/market/region"
	"github.com/southeasttogether/dps/seal"
)

// Load founds the region of a demonstration or a test, with providers and settings that nobody has to register or import. What already
// exists does not change.
func Load(ctx context.Context, adminURL string, keys *seal.Keyring, r db.Region) error {
	w := rules.Wanted{IsPart: true}
	names := map[any]string{}
	for _, o := range r.Organisations {
		names[o.ID] = o.Name
		wanted := rules.Organisation{Place: o.Name, ID: o.ID, Kind: o.Kind, Name: o.Name, DfeCode: o.DfeCode, Lead: o.Lead}
		if o.ConsortiumID != nil {
			wanted.Consortium = names[*o.ConsortiumID]
		}
		w.Organisations = append(w.Organisations, wanted)
	}
	var report Report
	err := engine.Operate(ctx, Operator{AdminURL: adminURL, Keys: keys, Person: "system"}, func(t *engine.Tx) error {
		for _, m := range r.Markets {
			var exists bool
			if err := t.Get(ctx, &exists, "SELECT EXISTS (SELECT FROM market WHERE id = $1)", m.ID); err != nil {
				return err
			}
			if !exists {
				w.Markets = append(w.Markets, rules.Market{Place: m.Name, Market: m})
			}
		}
		a := &application{ctx: ctx, tx: t, report: &report}
		if err := a.apply(w); err != nil {
			return err
		}
		return a.loadDirectory(r)
	})
	if errors.Is(err, errProblems) {
		err = errors.New(report.Problems[0].Message)
	}
	if err != nil {
		return fmt.Errorf("loading the region: %w", err)
	}
	return nil
}

// loadDirectory loads providers, and settings with their addresses.
func (a *application) loadDirectory(r db.Region) error {
	for _, p := range r.Providers {
		if _, err := a.tx.Exec(a.ctx, `INSERT INTO provider (id, name, ukprn, company_number, charity_number) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT DO NOTHING`, p.ID, p.Name, p.Ukprn, p.CompanyNumber, p.CharityNumber); err != nil {
			return err
		}
	}
	for _, s := range r.Settings {
		if err := a.loadSetting(s); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) loadSetting(s db.RegionSetting) error {
	address, err := a.tx.Keys().Protect("address:"+s.ID.String(), []byte(s.Address))
	if err != nil {
		return err
	}
	if _, err := a.tx.Exec(a.ctx, `INSERT INTO setting (id, provider_id, kind, name, urn, district, outcode, age_low, age_high, needs, places,
			vacancies, establishment_type, gender, section41, local_authority, easting, northing)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT DO NOTHING`,
		s.ID, s.ProviderID, s.Kind, s.Name, s.Urn, s.District, s.Outcode, s.AgeLow, s.AgeHigh, pq.Array([]string(s.Needs)), s.Places,
		s.Vacancies, s.EstablishmentType, s.Gender, s.Section41, s.LocalAuthority, s.Easting, s.Northing); err != nil {
		return err
	}
	_, err = a.tx.Exec(a.ctx, "INSERT INTO setting_address (setting_id, provider_id, address) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		s.ID,
		s.ProviderID, address)
	return err
}
