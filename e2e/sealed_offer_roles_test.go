package e2e_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// What the tests of sealed offers find over HTTP must hold with the database role of each capacity in hand, too, without
// the program in between.

// onlookingActors are the roles that must not learn of an offer before the opening, each for the organisation of its need.
func onlookingActors() []policy.Actor {
	all := []policy.Actor{{Role: policy.Public}, {Role: policy.Family, Invitation: []byte("no invitation's")}, {
		Role:   policy.Keeper,
		Person: demo.Opener1.Key, Organisation: demo.Opener1.Organisation,
	}}
	for _, p := range onlookers[:len(onlookers)-1] {
		all = append(all, policy.Actor{Role: p.Capacity, Person: p.Key, Organisation: p.Organisation})
	}
	return all
}

// randomParts is what differs between the rows of two worlds whatever happens in them. An event's number is among it: it counts
// all of the region's, so that a gap says that something happened to somebody, and no more.
var randomParts = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|"[^"]*\d{4}-\d\d-\d\d[^"]*"|"\\\\x[0-9a-f]*"` +
	`|N-[0-9A-Z]+|"(id|tx)": ("\d+"|\d+)|scene key \d+`)

// rowsOf is what a role reads of a table: the rows without what is random, in order, or why it reads none.
func (w sealedWorld) rowsOf(a policy.Actor, table string) string {
	w.t.Helper()
	tx := w.Become(w.t, a)
	defer tx.Rollback() //nolint:errcheck // it only read
	found, err := tx.Query("SELECT to_jsonb(t)::text FROM dps." + table + " t")
	var refused *pq.Error
	if errors.As(err, &refused) {
		return string(refused.Code) + " " + refused.Message
	}
	must(w.t, err)
	defer found.Close()
	var rows []string
	for found.Next() {
		var row string
		must(w.t, found.Scan(&row))
		rows = append(rows, randomParts.ReplaceAllString(row, "*"))
	}
	must(w.t, found.Err())
	slices.Sort(rows)
	return fmt.Sprintf("%d rows\n%s", len(rows), strings.Join(rows, "\n"))
}

// TestSealedOfferIsHiddenFromEveryRole reads every table as every role in two worlds, with offers and without.
func TestSealedOfferIsHiddenFromEveryRole(t *testing.T) {
	for _, procedure := range []string{"SCORED", "MATCHING"} {
		t.Run(procedure, func(t *testing.T) {
			with, without := newSealedWorld(t, procedure, true), newSealedWorld(t, procedure, false)
			for _, a := range onlookingActors() {
				for _, table := range with.tableNames(t) {
					got, want := with.rowsOf(a, table), without.rowsOf(a, table)
					if counted := table == "offer_tally" && strings.HasPrefix(got, "3 rows"); counted && procedure == "MATCHING" &&
						strings.HasPrefix(want, "1 rows") {
						continue // what such a lot shows, to whom it shows it
					}
					if got != want {
						t.Errorf("%s reads of %s: %s", a.Role, table, firstDifference(got, want))
					}
				}
			}
			// The comparison can tell: the provider itself, and the superuser, do see the difference.
			own := policy.Actor{Role: policy.BidsManager, Person: "synthetic", Organisation: demo.ProviderID(1)}
			for _, table := range []string{"sealed_offer", "sealed_part", "event"} {
				if with.rowsOf(own, table) == without.rowsOf(own, table) {
					t.Errorf("its own provider reads nothing of it in %s", table)
				}
			}
		})
	}
}

// TestOfferTallyNamesNobody: the count that a lot may show is of rows that say neither whose they are nor when they came.
func TestOfferTallyNamesNobody(t *testing.T) {
	w := newSealedWorld(t, "MATCHING", true)
	columns := w.rowsOf(policy.Actor{Role: policy.Commissioner, Person: "synthetic", Organisation: demo.OrganisationID("Kent")}, "offer_tally")
	for _, word := range []string{"provider", "setting", "received", "at\"", "receipt", "version"} {
		if strings.Contains(columns, word) {
			t.Errorf("a row of the count holds %q: %s", word, columns)
		}
	}
}

// TestNoRoleBecomesTheKeeper: no role of a person is a member of the keeper's or of any other role.
func TestNoRoleBecomesTheKeeper(t *testing.T) {
	w := newWorld(t)
	for _, role := range policy.Roles {
		var others int
		must(t, w.Admin.QueryRow(`SELECT count(*) FROM pg_auth_members WHERE member = $1::regrole`, role.Database()).Scan(&others))
		if others != 0 {
			t.Errorf("%s can become %d others", role, others)
		}
		var reads bool
		must(t, w.Admin.QueryRow(`SELECT has_table_privilege($1, 'dps.sealed_part', 'SELECT')`, role.Database()).Scan(&reads))
		if may := role == policy.Keeper || role == policy.BidsManager; reads != may {
			t.Errorf("%s may read sealed parts: %t", role, reads)
		}
	}
}

// TestKeeperSeesNothingBeforeTheDeadline: it sees no sealed row until the deadline, and then only ciphertext, whose key is none of the
// database's.
func TestKeeperSeesNothingBeforeTheDeadline(t *testing.T) {
	w := newSealedWorld(t, "SCORED", true)
	keeper := policy.Actor{Role: policy.Keeper, Person: demo.Opener1.Key, Organisation: demo.Opener1.Organisation}
	count := func(table string) (n int) {
		must(t, w.Become(t, keeper).QueryRow("SELECT count(*) FROM dps."+table).Scan(&n))
		return n
	}
	if offers, parts := count("sealed_offer"), count("sealed_part"); offers != 0 || parts != 0 {
		t.Errorf("before the deadline: %d offers, %d parts", offers, parts)
	}
	w.passTime(pastDeadline)
	if offers, parts := count("sealed_offer"), count("sealed_part"); offers != 6 || parts != 16 {
		t.Errorf("after it: %d offers, %d parts", offers, parts)
	}
	var plain int
	must(t, w.Become(t, keeper).QueryRow(`SELECT count(*) FROM dps.sealed_part WHERE position('Synthetic'::bytea IN ciphertext) > `+
		`0`).Scan(&plain))
	if plain != 0 {
		t.Errorf("%d sealed parts can be read", plain)
	}
}

// TestAuthorityRolesCannotWriteOffers: with its role in hand no authority makes an offer of its own, takes one back, opens one or puts
// one where opened offers are.
func TestAuthorityRolesCannotWriteOffers(t *testing.T) {
	w := newSealedWorld(t, "SCORED", true)
	need := uuidOf(t, w.needs["Kent"])
	for _, a := range onlookingActors() {
		if a.Role == policy.BidsManager {
			continue // it is invited, and offers
		}
		for _, statement := range []string{
			"UPDATE dps.sealed_offer SET withdrawn_at = dps.now() WHERE need_id = $1", "DELETE FROM dps.sealed_offer WHERE need_id = $1",
			"DELETE FROM dps.offer_tally WHERE need_id = $1", "UPDATE dps.need SET opened_at = dps.now() WHERE id = $1",
			`INSERT INTO dps.offer SELECT gen_random_uuid(), $1, authority_id, '` + demo.ProviderID(1).String() + `', '` +
				demo.SettingID(2).String() + `', 1, dps.now(), '', current_date, 1, '', '', ''
				FROM dps.need WHERE id = $1`,
		} {
			tx := w.Become(t, a)
			done, err := tx.Exec(statement, need)
			var touched int64
			if err == nil {
				touched, err = done.RowsAffected()
			}
			_ = tx.Rollback()
			if touched > 0 {
				t.Errorf("%s, %s: touched %d rows (%v)", a.Role, statement, touched, err)
			}
		}
	}
}
