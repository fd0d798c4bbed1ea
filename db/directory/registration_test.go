package directory_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq/pqerror"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
)

// TestProviderDecidesNothingOfItsRegistration: whoever has a provider's database role can submit and withdraw a registration of its own,
// and can neither write a decision into it nor submit one that is decided.
func TestProviderDecidesNothingOfItsRegistration(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 2)
	author := dbtest.ActorAs(policy.BidsManager, uuid.New())
	const submit = `INSERT INTO dps.registration (id, provider_id, name, company_number, urns, settings, similar_providers, submitted_at,
		submitted_by, decision, decided_at) VALUES ($1, $2, 'Synthetic', '01234567', '{}', '{}', '{}', dps.now(), $3, $4, $5)`
	tx := f.Become(t, author)
	_, err := tx.Exec(submit, uuid.New(), author.Organisation, author.Person, "CONFIRMED", f.MarketNow())
	dbtest.RequireSQLState(t, err, "42501")
	for set, code := range map[string]string{
		"decision = 'CONFIRMED', decided_at = dps.now()": "42501", "decided_by = 'synthetic'": "42501", "reason = 'Synthetic.'": "42501",
		"withdrawn_at = dps.now()": "",
	} {
		tx := f.Become(t, author)
		id := uuid.New()
		if _, err := tx.Exec(submit, id, author.Organisation, author.Person, nil, nil); err != nil {
			t.Fatal(err)
		}
		_, err := tx.Exec("UPDATE dps.registration SET "+set+" WHERE id = $1", id)
		if code != "" {
			dbtest.RequireSQLState(t, err, pqerror.Code(code))
		} else if err != nil {
			t.Errorf("%s: %v", set, err)
		}
	}
}
