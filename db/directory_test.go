package db_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// TestLinkedOnce: of many at once that say whose a setting is, each another provider's, one is believed; its address goes
// where the setting goes.
func TestLinkedOnce(t *testing.T) {
	f := newImporting(t, 3)
	f.take(file(nil, listed("999001")), db.Imported{New: 1, Outcodes: 1})
	var setting uuid.UUID
	f.look(&setting, "SELECT id FROM dps.setting WHERE urn = '999001'")
	holder, err := f.Admin.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Rollback() //nolint:errcheck // after a commit it does nothing
	if _, err := holder.Exec("SELECT FROM dps.setting WHERE id = $1 FOR UPDATE", setting); err != nil {
		t.Fatal(err)
	}
	over := make(chan []error, 1)
	go func() {
		over <- atOnce(6, func(i int) error {
			_, err := f.API.LinkSetting(t.Context(), as(policy.MarketManager, f.lead), market.LinkSettingInput{IdempotencyKey: key(), Setting: id(setting), Provider: id(f.providers[i%3])})
			return err
		})
	}()
	for f.waiting("transactionid")+f.waiting("tuple") < 6 { // none can have been first by chance
	}
	if err := holder.Commit(); err != nil {
		t.Fatal(err)
	}
	errs := <-over
	if n := succeeded(t, errs, market.WrongState); n != 1 || f.count("event WHERE act = 'setting.link'") != 1 {
		t.Errorf("%d of 6 were believed, with %d events", n, f.count("event WHERE act = 'setting.link'"))
	}
	if f.count("setting s JOIN dps.setting_address a ON a.setting_id = s.id WHERE s.urn = '999001' AND a.provider_id = s.provider_id") != 1 {
		t.Error("the address is another provider's")
	}
	if f.address("999001") != "1 Synthetic Lane, 999001" {
		t.Error("the address cannot be read any more")
	}
}
