package directory_test

import (
	"testing"

	rules "github.com/southeasttogether/dps/market/directory"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// TestLinkSettingOnceAmongMany: if many link a setting at once, each to another provider, one succeeds. Its address
// moves with it.
func TestLinkSettingOnceAmongMany(t *testing.T) {
	f := newImportFixture(t, 3)
	f.importDirectory(schoolDirectory(nil, openSchool("999001")), directory.ImportSummary{New: 1, Outcodes: 1})
	var setting uuid.UUID
	f.QueryValue(&setting, "SELECT id FROM dps.setting WHERE urn = '999001'")
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
		over <- dbtest.AtOnce(6, func(i int) error {
			_, err := directory.LinkSetting(t.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
				rules.LinkSettingInput{IdempotencyKey: dbtest.NewKey(), Setting: dbtest.IDOf(setting), Provider: dbtest.IDOf(f.Providers[i%3])})
			return err
		})
	}()
	for f.CountWaiting("transactionid")+f.CountWaiting("tuple") < 6 { // so that none is first by chance
	}
	if err := holder.Commit(); err != nil {
		t.Fatal(err)
	}
	errs := <-over
	if n := dbtest.CountSucceeded(t, errs, market.WrongState); n != 1 || f.CountRows("event WHERE act = 'setting.link'") != 1 {
		t.Errorf("%d of 6 were believed, with %d events", n, f.CountRows("event WHERE act = 'setting.link'"))
	}
	if f.CountRows("setting s JOIN dps.setting_address a ON a.setting_id = s.id WHERE s.urn = '999001' AND a.provider_id = "+
		"s.provider_id") != 1 {
		t.Error("the address is another provider's")
	}
	if f.plainAddress("999001") != "1 Synthetic Lane, 999001" {
		t.Error("the address cannot be read any more")
	}
}
