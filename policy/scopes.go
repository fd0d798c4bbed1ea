package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Scope says on which rows a grant holds: a name, and where it has one an argument ("delegated:award").
type Scope string

// rows is the SQL predicate of a scope. A function and not a text, because "own" depends on who owns, and "delegated" on
// what was delegated.
type rows func(role Role, arg string) string

// scope is what a name in policy.csv stands for.
type scope struct {
	means string          // in words, for the people who read the matrix
	args  []string        // the arguments that it may have, "" where it may go without; nil for none
	where rows            // on most tables
	at    map[string]rows // on tables that have a predicate of their own
}

// delegable are what a borough may delegate, and any of them.
var delegable = []string{"any", "publish", "evaluate", "award", "manage"}

var scopes = map[string]scope{
	"all": {means: "every row", where: fixed("true")},
	"own": {
		means: "of the authority or provider that asks",
		where: own,
		at: map[string]rows{
			"membership":      ownMembership,
			"provider":        fixed("true"), // one that sells a place and was not known before is nobody's
			"succession_case": fixed("predecessor_id = (SELECT dps.org())"),
			"vacancy":         fixed(among("setting_id", "SELECT id FROM dps.setting WHERE provider_id = (SELECT dps.org())")),
		},
	},
	"lead": {means: "any, for an authority that leads a market", where: fixed("EXISTS (SELECT FROM dps.market WHERE authority_id = (SELECT dps.org()))")},
	"published": {
		means: "published",
		where: fixed("published_at IS NOT NULL"),
		// What belongs to a lot is as public as the lot.
		at: map[string]rows{"criterion": ofPublishedLot, "lot_evidence": ofPublishedLot},
	},
	"self": {
		means: "in one's own name only; with an argument, for a borough that delegates it, or where one is appointed",
		args:  append([]string{"", "appointed"}, delegable...),
		where: ownOrDelegated(" AND person = (SELECT dps.person())"),
		at: map[string]rows{
			"event":        ownEvent,
			"idempotency":  fixed("person = (SELECT dps.person()) AND organisation_id = (SELECT dps.org())"),
			"saved_search": fixed("person = (SELECT dps.person()) AND organisation_id = (SELECT dps.org())"),
		},
	},
	"colleagues": {
		means: "in one's own name, or shared within the authority or provider that asks",
		where: fixed("organisation_id = (SELECT dps.org()) AND (shared OR person = (SELECT dps.person()))"),
	},
	"delegated": {
		means: "of a borough that delegates this to the consortium that asks, now",
		args:  delegable,
		where: delegated,
	},
	"consortium": {means: "given to the consortium that asks", where: fixed("consortium_id = (SELECT dps.org())")},
	"shown": {
		means: "own, or with an argument delegated, where the lot shows the number of offers",
		args:  append([]string{""}, delegable...),
		where: ownOrDelegated(" AND shown"),
	},
	"locked": {
		means: "own, or with an argument where one is appointed, once as many sheets are locked as the procedure asks for",
		args:  []string{"", "appointed"},
		where: ownOrDelegated(" AND dps.scores_locked(need_id)"),
	},
	"appointed": {
		means: "of needs to whose evaluation the person that asks is appointed in this capacity, while it goes on",
		where: appointed,
		at: map[string]rows{
			"need": func(r Role, _ string) string { return appointedTo(r, "id") },
			"need_link": func(r Role, _ string) string {
				return appointedTo(r, "need_id") + " AND " + appointedTo(r, "sibling_id")
			},
		},
	},
	"invited": {
		means: "needs to which the provider that asks was invited, and what it does there",
		where: fixed(invited("need.id")),
		at: map[string]rows{
			"joint_share":         fixed(invited("joint_share.need_id")),
			"need_change":         fixed(invited("need_change.need_id")),
			"need_link":           fixed(invited("need_link.need_id") + " AND " + invited("need_link.sibling_id")),
			"clarification":       fixed("answered_at IS NULL AND " + invited("clarification.need_id")),
			"clarification_asker": fixed("provider_id = (SELECT dps.org()) AND " + invited("clarification_asker.need_id")),
			"sealed_offer":        fixed("provider_id = (SELECT dps.org()) AND " + invited("sealed_offer.need_id")),
			"sealed_part":         fixed("provider_id = (SELECT dps.org()) AND EXISTS (SELECT FROM dps.sealed_offer WHERE id = sealed_part.offer_id AND provider_id = (SELECT dps.org()))"),
		},
	},
	"answered": {
		means: "about needs to which the provider that asks was invited, once answered; its own before",
		where: fixed(invited("clarification.need_id") + " AND " +
			"(answered_at IS NOT NULL OR " + among("id", "SELECT clarification_id FROM dps.clarification_asker WHERE provider_id = (SELECT dps.org())") + ")"),
	},
	"approved": {
		means: "of the provider that asks, once the award is approved",
		where: fixed("provider_id = (SELECT dps.org()) AND approved_at IS NOT NULL"),
		at: map[string]rows{
			"placement": fixed("provider_id = (SELECT dps.org()) AND " + among("award_id", "SELECT id FROM dps.award WHERE provider_id = (SELECT dps.org()) AND approved_at IS NOT NULL")),
			"agreement": fixed("provider_id = (SELECT dps.org())"),
		},
	},
	"accepted": {
		means: "of needs whose award the provider that asks has accepted, or that came to it by another route",
		where: fixed(among("need_id", acceptedNeeds)),
		at: map[string]rows{
			"need":      fixed("EXISTS (SELECT FROM dps.award WHERE need_id = need.id AND " + accepted + ")"),
			"need_link": fixed(among("need_id", acceptedNeeds) + " AND " + among("sibling_id", acceptedNeeds)),
		},
	},
	"routed": {
		means: "own, of places that come by another route than the competition",
		where: fixed("authority_id = (SELECT dps.org())"),
		at: map[string]rows{
			"award": fixed("authority_id = (SELECT dps.org()) AND route <> 'COMPETITION'"),
			"placement": fixed("authority_id = (SELECT dps.org()) AND " +
				among("award_id", "SELECT id FROM dps.award WHERE authority_id = (SELECT dps.org()) AND route <> 'COMPETITION' AND approved_at IS NOT NULL")),
		},
	},
	"awarded": {
		means: "of settings where the authority that asks has awarded a place",
		where: fixed(among("setting_id", "SELECT setting_id FROM dps.award WHERE authority_id = (SELECT dps.org()) AND approved_at IS NOT NULL")),
	},
	"released": {
		means: "own, once the safeguarding lead has released them",
		where: func(r Role, _ string) string { return own(r, "") + " AND decision = 'RELEASED'" },
	},
	"due": {
		means: "of needs whose deadline has passed, by the database's clock",
		where: fixed(among("need_id", "SELECT id FROM dps.need WHERE deadline < (SELECT dps.now())")),
		at: map[string]rows{
			"need":             fixed("deadline < (SELECT dps.now())"),
			"offer_fee":        fixed(among("offer_id", "SELECT id FROM dps.offer")),
			"opening_approval": fixed("true"),
		},
	},
	"held": {
		means: "of the one-time invitation whose code was shown",
		where: fixed("code_hash = (SELECT dps.code_hash())"),
		at: map[string]rows{
			"preference":     fixed("need_id IN (SELECT need_id FROM dps.family_invitation WHERE code_hash = (SELECT dps.code_hash()) AND kind = 'PREFERENCE')"),
			"feedback_words": fixed("placement_id IN (SELECT placement_id FROM dps.family_invitation WHERE code_hash = (SELECT dps.code_hash()) AND kind = 'FEEDBACK')"),
			"rating_waiting": fixed("EXISTS (SELECT FROM dps.family_invitation WHERE code_hash = (SELECT dps.code_hash()) AND kind = 'FEEDBACK')"),
		},
	},
	"addressed": {
		means: "to those of the authority that asks who act in the same capacity",
		where: func(r Role, _ string) string { return own(r, "") + " AND capacity = '" + string(r) + "'" },
	},
	"applicant": {
		means: "of providers that have applied to the authority that asks",
		where: fixed(among("provider_id", "SELECT provider_id FROM dps.application WHERE authority_id = (SELECT dps.org())")),
	},
	"member": {
		means: "of providers that are members of a lot, for an authority that is in the region",
		where: fixed(among("provider_id", "SELECT provider_id FROM dps.membership WHERE ended_at IS NULL") + " AND (SELECT dps.buys((SELECT dps.org())))"),
	},
	"chain": {means: "in the own chain of the log of the provider that asks", where: fixed("chain_id = (SELECT dps.org())")},
}

// accepted are awards that the provider that asks has accepted.
const accepted = "provider_id = (SELECT dps.org()) AND accepted_at IS NOT NULL"

const acceptedNeeds = "SELECT need_id FROM dps.award WHERE " + accepted

var ofPublishedLot = fixed("lot_id IN (SELECT id FROM dps.lot WHERE published_at IS NOT NULL)")

// invited is that the provider that asks was invited to the need in a column. It is looked up for each row: a provider's
// invitations only grow in number.
func invited(column string) string {
	return "EXISTS (SELECT FROM dps.invitation WHERE need_id = " + column + " AND provider_id = (SELECT dps.org()) OFFSET 0)"
}

// among is that the value in a column is one of those that a query finds. It is looked up for each row, by an index: a list of all
// that the query finds would grow with the market, and OFFSET 0 keeps PostgreSQL from making one.
func among(column, query string) string {
	return "EXISTS (SELECT FROM (" + query + ") AS found (wanted) WHERE wanted = " + column + " OFFSET 0)"
}

func fixed(sql string) rows { return func(Role, string) string { return sql } }

// ownEvent is what one did oneself, in the capacity that one acts in. The keeper's hand writes down what others did by it.
func ownEvent(role Role, _ string) string {
	sql := "person = coalesce((SELECT dps.person()), 'family') AND organisation_id IS NOT DISTINCT FROM (SELECT dps.org())"
	if role == Keeper {
		return sql
	}
	return sql + " AND capacity = '" + string(role) + "'"
}

// own is the rows of the organisation that asks: authorities own by authority_id, providers by provider_id. The
// sub-select is evaluated once a statement, not once a row.
func own(role Role, _ string) string {
	if role == BidsManager {
		return "provider_id = (SELECT dps.org())"
	}
	return "authority_id = (SELECT dps.org())"
}

// ownMembership is a provider's own; for others, memberships belong to the lead authority, whose lot it is.
func ownMembership(role Role, _ string) string {
	if role == BidsManager {
		return own(role, "")
	}
	return "lot_id IN (SELECT id FROM dps.lot WHERE authority_id = (SELECT dps.org()))"
}

func delegated(_ Role, act string) string {
	return fmt.Sprintf("authority_id = ANY ((SELECT dps.boroughs('%s'))::uuid[])", strings.ToUpper(act))
}

func appointed(role Role, _ string) string { return appointedTo(role, "need_id") }

func appointedTo(role Role, column string) string {
	return fmt.Sprintf("%s = ANY ((SELECT dps.appointed('%s'))::uuid[])", column, strings.ToUpper(string(role)))
}

// ownOrDelegated is delegated or appointed where an argument says so, own without, and in either case something more.
func ownOrDelegated(more string) rows {
	return func(role Role, act string) string {
		switch act {
		case "":
			return own(role, "") + more
		case "appointed":
			return appointed(role, "") + more
		}
		return delegated(role, act) + more
	}
}

// find is what the scope stands for, and its argument; an error for a name or an argument that nobody knows.
func (s Scope) find() (scope, string, error) {
	name, arg, given := strings.Cut(string(s), ":")
	found, ok := scopes[name]
	switch {
	case !ok:
		return scope{}, "", fmt.Errorf("no scope is called %q", name)
	case given && arg == "", arg != "" && !slices.Contains(found.args, arg), arg == "" && found.args != nil && !slices.Contains(found.args, ""):
		return scope{}, "", fmt.Errorf("scope %q has an argument that it cannot have, or lacks one", s)
	}
	return found, arg, nil
}

// predicate is the SQL of a scope on a table, for a role.
func (s Scope) predicate(role Role, table string) (string, error) {
	found, arg, err := s.find()
	if err != nil {
		return "", err
	}
	if where, ok := found.at[table]; ok {
		return where(role, arg), nil
	}
	return found.where(role, arg), nil
}
