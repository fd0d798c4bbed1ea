package policy

import (
	"fmt"
	"regexp"
	"strings"
)

// Scope says on which rows a grant holds: a name, and where it has one an argument ("delegated:award").
type Scope string

// by names the columns that carry whose a row is. Authorities own by authority_id, providers by provider_id.
func ownColumn(role Role) string {
	if role == BidsManager {
		return "provider_id"
	}
	return "authority_id"
}

// own is the row of the organisation that asks. The sub-select is evaluated once a statement, not once a row.
func own(role Role) string { return ownColumn(role) + " = (SELECT dps.org())" }

// scopes gives each scope its row predicate. A table with a predicate of its own is listed as "scope@table".
// A function and not a text, because "own" depends on who owns, and "delegated" on what was delegated.
var scopes = map[string]func(role Role, arg string) string{
	"all": fixed("true"),
	"own": func(r Role, _ string) string { return own(r) },
	// Memberships belong to the lead authority, whose lot it is.
	"own@membership": fixed("lot_id IN (SELECT id FROM dps.lot WHERE authority_id = (SELECT dps.org()))"),
	"published":      fixed("published_at IS NOT NULL"),
	// A criterion is as public as its lot.
	"published@criterion": fixed("lot_id IN (SELECT id FROM dps.lot WHERE published_at IS NOT NULL)"),
	// In one's own name only, whatever the program says.
	"self": func(r Role, act string) string {
		if act != "" {
			return delegated(r, act) + " AND person = (SELECT dps.person())"
		}
		return own(r) + " AND person = (SELECT dps.person())"
	},
	"self@event":       fixed("person = coalesce((SELECT dps.person()), 'family') AND organisation_id IS NOT DISTINCT FROM (SELECT dps.org())"),
	"self@idempotency": fixed("person = (SELECT dps.person()) AND organisation_id = (SELECT dps.org())"),
	// What a borough has delegated to the consortium that asks, now.
	"delegated":  delegated,
	"consortium": fixed("consortium_id = (SELECT dps.org())"),
	// The count of offers, where the lot shows it.
	"shown": func(r Role, arg string) string {
		if arg != "" {
			return delegated(r, arg) + " AND shown"
		}
		return own(r) + " AND shown"
	},
	// Sheets of others, once as many are locked as the procedure asks for.
	"locked": func(r Role, _ string) string { return own(r) + " AND dps.scores_locked(need_id)" },
	// Needs to which the provider was invited; and what it does there, in its own name.
	"invited":              fixed("id IN (SELECT need_id FROM dps.invitation WHERE provider_id = (SELECT dps.org()))"),
	"invited@sealed_offer": fixed("provider_id = (SELECT dps.org()) AND need_id IN (SELECT need_id FROM dps.invitation WHERE provider_id = (SELECT dps.org()))"),
	"invited@sealed_part":  fixed("provider_id = (SELECT dps.org()) AND offer_id IN (SELECT id FROM dps.sealed_offer WHERE provider_id = (SELECT dps.org()))"),
	// An award is the provider's to see once it is approved.
	"approved":           fixed("provider_id = (SELECT dps.org()) AND approved_at IS NOT NULL"),
	"approved@placement": fixed("provider_id = (SELECT dps.org()) AND award_id IN (SELECT id FROM dps.award WHERE provider_id = (SELECT dps.org()) AND approved_at IS NOT NULL)"),
	"approved@agreement": fixed("provider_id = (SELECT dps.org())"),
	"accepted":           fixed("need_id IN (SELECT need_id FROM dps.award WHERE provider_id = (SELECT dps.org()) AND accepted_at IS NOT NULL)"),
	// A home's address is for an authority that has awarded a place there.
	"awarded":  fixed("setting_id IN (SELECT setting_id FROM dps.award WHERE authority_id = (SELECT dps.org()) AND approved_at IS NOT NULL)"),
	"released": func(r Role, _ string) string { return own(r) + " AND decision = 'RELEASED'" },
	// Only after the deadline, by the database's clock.
	"due":                  fixed("need_id IN (SELECT id FROM dps.need WHERE deadline < (SELECT dps.now()))"),
	"due@need":             fixed("deadline < (SELECT dps.now())"),
	"due@offer_fee":        fixed("offer_id IN (SELECT id FROM dps.offer)"),
	"due@opening_approval": fixed("true"),
	// The holder of a one-time invitation: the row whose code was shown, and what follows from it.
	"held":                fixed("code_hash = (SELECT dps.code_hash())"),
	"held@preference":     fixed("need_id IN (SELECT need_id FROM dps.family_invitation WHERE code_hash = (SELECT dps.code_hash()) AND kind = 'PREFERENCE')"),
	"held@feedback_words": fixed("placement_id IN (SELECT placement_id FROM dps.family_invitation WHERE code_hash = (SELECT dps.code_hash()) AND kind = 'FEEDBACK')"),
	"held@rating_waiting": fixed("EXISTS (SELECT FROM dps.family_invitation WHERE code_hash = (SELECT dps.code_hash()) AND kind = 'FEEDBACK')"),
	// A provider's own chain of the log.
	"chain": fixed("chain_id = (SELECT dps.org())"),
}

func fixed(sql string) func(Role, string) string { return func(Role, string) string { return sql } }

func delegated(_ Role, act string) string {
	return fmt.Sprintf("authority_id = ANY ((SELECT dps.boroughs('%s'))::uuid[])", strings.ToUpper(act))
}

var scopeForm = regexp.MustCompile(`^[a-z]+(:[a-z]+)?$`)

// predicate is the SQL of a scope on a table, for a role.
func (s Scope) predicate(role Role, table string) (string, error) {
	if !scopeForm.MatchString(string(s)) {
		return "", fmt.Errorf("policy: scope %q is not a name with at most one argument", s)
	}
	name, arg, _ := strings.Cut(string(s), ":")
	for _, key := range []string{name + "@" + table, name} {
		if sql, ok := scopes[key]; ok {
			return sql(role, arg), nil
		}
	}
	return "", fmt.Errorf("policy: no scope is called %q", name)
}
