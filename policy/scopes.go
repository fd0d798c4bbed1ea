package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Scope says on which rows a grant applies: a name, and an argument if it takes one ("delegated:award").
type Scope string

// predicateFunc is the SQL predicate of a scope. It is a function and not a text, because "own" depends on the owner,
// and "delegated" on what was delegated.
type predicateFunc func(role Role, arg string) string

// scopeDefinition is what a name in policy.csv means.
type scopeDefinition struct {
	meaning      string                   // in words, for the people who read the matrix
	arguments    []string                 // the arguments that it can have, "" if it can have none; nil if it takes none
	where        predicateFunc            // on most tables
	whereOnTable map[string]predicateFunc // on tables that have a predicate of their own
}

// delegableActs are what a borough can delegate, and any of them.
var delegableActs = []string{"any", "publish", "evaluate", "award", "manage"}

var scopeDefinitions = map[string]scopeDefinition{
	"all": {meaning: "every row", where: fixedPredicate("true")},
	"own": {
		meaning: "of the caller's authority or provider",
		where:   ownRows,
		whereOnTable: map[string]predicateFunc{
			"membership":      ownMembershipRows,
			"provider":        fixedPredicate("true"), // a provider that sells a place and was not known before belongs to nobody
			"succession_case": fixedPredicate("predecessor_id = (SELECT dps.org())"),
			"vacancy":         ofOwnSetting,
			"declared_needs":  ofOwnSetting,
		},
	},
	"lead": {
		meaning: "any, for an authority that leads a market",
		where:   fixedPredicate("EXISTS (SELECT FROM dps.market WHERE authority_id = (SELECT dps.org()))"),
	},
	"published": {
		meaning: "published",
		where:   fixedPredicate("published_at IS NOT NULL"),
		// What belongs to a lot is as public as the lot.
		whereOnTable: map[string]predicateFunc{"criterion": ofPublishedLot, "lot_evidence": ofPublishedLot},
	},
	"self": {
		meaning:   "in the caller's own name only; with an argument, for a borough that delegates it, or where the caller is appointed",
		arguments: append([]string{"", "appointed"}, delegableActs...),
		where:     ownOrDelegatedRows(" AND person = (SELECT dps.person())"),
		whereOnTable: map[string]predicateFunc{
			"event":        ownEventRows,
			"idempotency":  fixedPredicate("person = (SELECT dps.person()) AND organisation_id = (SELECT dps.org())"),
			"saved_search": fixedPredicate("person = (SELECT dps.person()) AND organisation_id = (SELECT dps.org())"),
		},
	},
	"colleagues": {
		meaning: "in the caller's own name, or shared within the caller's authority or provider",
		where:   fixedPredicate("organisation_id = (SELECT dps.org()) AND (shared OR person = (SELECT dps.person()))"),
	},
	"delegated": {
		meaning:   "of a borough that delegates this to the caller's consortium now",
		arguments: delegableActs,
		where:     delegatedRows,
	},
	"consortium": {meaning: "given to the caller's consortium", where: fixedPredicate("consortium_id = (SELECT dps.org())")},
	"shown": {
		meaning:   "the caller's own, or with an argument delegated, where the lot shows the number of offers",
		arguments: append([]string{""}, delegableActs...),
		where:     ownOrDelegatedRows(" AND shown"),
	},
	"locked": {
		meaning: "the caller's own, or with an argument where the caller is appointed, once as many sheets are locked as the " +
			"procedure asks for",
		arguments: []string{"", "appointed"},
		where:     ownOrDelegatedRows(" AND dps.scores_locked(need_id)"),
	},
	"matching": {
		meaning: "in the caller's own name only, where the lot's procedure asks for one evaluator",
		where: fixedPredicate("authority_id = (SELECT dps.org()) AND person = (SELECT dps.person()) AND " +
			among("need_id", "SELECT n.id FROM dps.need n JOIN dps.lot l ON l.id = n.lot_id JOIN dps.procedure p ON p.code = l.procedure "+
				"WHERE p.evaluators = 1")),
	},
	"appointed": {
		meaning: "of needs that the caller is appointed to evaluate in this capacity, while the appointment lasts",
		where:   appointedRows,
		whereOnTable: map[string]predicateFunc{
			"need": func(r Role, _ string) string { return appointedTo(r, "id") },
			"need_link": func(r Role, _ string) string {
				return appointedTo(r, "need_id") + " AND " + appointedTo(r, "sibling_id")
			},
		},
	},
	"invited": {
		meaning: "needs that the caller's provider was invited to, while it is an active member or has an offer there",
		where:   fixedPredicate(followsNeed("need.id")),
		whereOnTable: map[string]predicateFunc{
			"joint_share": fixedPredicate(followsNeed("joint_share.need_id")),
			"need_change": fixedPredicate(followsNeed("need_change.need_id")),
			"need_link":   fixedPredicate(followsNeed("need_link.need_id") + " AND " + followsNeed("need_link.sibling_id")),
			// only an active member asks and offers
			"clarification":       fixedPredicate("answered_at IS NULL AND " + invitedAsMember("clarification.need_id")),
			"clarification_asker": fixedPredicate("provider_id = (SELECT dps.org()) AND " + followsNeed("clarification_asker.need_id")),
			"sealed_offer":        fixedPredicate("provider_id = (SELECT dps.org()) AND " + invitedAsMember("sealed_offer.need_id")),
			"sealed_part": fixedPredicate("provider_id = (SELECT dps.org()) AND EXISTS (SELECT FROM dps.sealed_offer WHERE id = " +
				"sealed_part.offer_id AND provider_id = (SELECT dps.org()))"),
		},
	},
	"answered": {
		meaning: "about needs that the caller's provider follows as in invited, once answered; its own before that",
		where: fixedPredicate(followsNeed("clarification.need_id") + " AND " +
			"(answered_at IS NOT NULL OR " +
			among("id", "SELECT clarification_id FROM dps.clarification_asker WHERE provider_id = (SELECT dps.org())") + ")"),
		whereOnTable: map[string]predicateFunc{
			"clarification_correction": fixedPredicate(followsNeed("clarification_correction.need_id")),
		},
	},
	"approved": {
		meaning: "of the caller's provider, once the award is approved",
		where:   fixedPredicate("provider_id = (SELECT dps.org()) AND approved_at IS NOT NULL"),
		whereOnTable: map[string]predicateFunc{
			"placement": fixedPredicate("provider_id = (SELECT dps.org()) AND " + among("award_id",
				"SELECT id FROM dps.award WHERE provider_id = (SELECT dps.org()) AND approved_at IS NOT NULL")),
			"agreement": fixedPredicate("provider_id = (SELECT dps.org())"),
		},
	},
	"accepted": {
		meaning: "of needs with a place that the caller's provider accepted, by any route; identity until it is cancelled",
		where:   fixedPredicate(among("need_id", acceptedNeeds)),
		whereOnTable: map[string]predicateFunc{
			"need":      fixedPredicate("EXISTS (SELECT FROM dps.award WHERE need_id = need.id AND " + acceptedAward + ")"),
			"need_link": fixedPredicate(among("need_id", acceptedNeeds) + " AND " + among("sibling_id", acceptedNeeds)),
			// Who the child is ceases to be the provider's business when the placement is cancelled.
			"need_identity": fixedPredicate(among("need_id", acceptedNeeds+" AND cancelled_at IS NULL")),
		},
	},
	"routed": {
		meaning: "the caller's own, of places by a route other than competition",
		where:   fixedPredicate("authority_id = (SELECT dps.org())"),
		whereOnTable: map[string]predicateFunc{
			"award": fixedPredicate("authority_id = (SELECT dps.org()) AND route <> 'COMPETITION'"),
			"placement": fixedPredicate("authority_id = (SELECT dps.org()) AND " +
				among("award_id", "SELECT id FROM dps.award WHERE authority_id = (SELECT dps.org()) AND route <> 'COMPETITION' AND approved_at IS "+
					"NOT NULL")),
		},
	},
	"awarded": {
		meaning: "of settings where the caller's authority has awarded a place, unless that was declined, has lapsed or is cancelled",
		where: fixedPredicate(among("setting_id", "SELECT setting_id FROM dps.award WHERE authority_id = (SELECT dps.org()) AND "+
			"approved_at IS NOT NULL AND declined_at IS NULL AND lapsed_at IS NULL AND cancelled_at IS NULL")),
	},
	"released": {
		meaning: "the caller's own, once the safeguarding lead has released them",
		where:   func(r Role, _ string) string { return ownRows(r, "") + " AND decision = 'RELEASED'" },
	},
	"due": {
		meaning: "of needs whose deadline has passed, by the database's clock",
		where:   fixedPredicate(among("need_id", "SELECT id FROM dps.need WHERE deadline < (SELECT dps.now())")),
		whereOnTable: map[string]predicateFunc{
			"need":             fixedPredicate("deadline < (SELECT dps.now())"),
			"offer_fee":        fixedPredicate(among("offer_id", "SELECT id FROM dps.offer")),
			"opening_approval": fixedPredicate("true"),
		},
	},
	"held": {
		meaning: "of the one-time invitation whose code was shown",
		where:   fixedPredicate("code_hash = (SELECT dps.code_hash())"),
		whereOnTable: map[string]predicateFunc{
			"preference": fixedPredicate("need_id IN (SELECT need_id FROM dps.family_invitation WHERE code_hash = (SELECT dps.code_hash()) " +
				"AND kind = 'PREFERENCE')"),
			"feedback_words": fixedPredicate("placement_id IN (SELECT placement_id FROM dps.family_invitation WHERE code_hash = (SELECT " +
				"dps.code_hash()) AND kind = 'FEEDBACK')"),
			"rating_waiting": fixedPredicate("EXISTS (SELECT FROM dps.family_invitation WHERE code_hash = (SELECT dps.code_hash()) AND kind = " +
				"'FEEDBACK')"),
		},
	},
	"given": {
		meaning: "given with the one-time invitation whose code was shown",
		where:   fixedPredicate("invitation_id IN (SELECT id FROM dps.family_invitation WHERE code_hash = (SELECT dps.code_hash()))"),
	},
	"addressed": {
		meaning:   "to people of the caller's authority in this capacity; with an argument, also of needs appointed to, or of what is delegated",
		arguments: append([]string{"", "appointed"}, delegableActs[1:]...),
		where:     addressedRows,
	},
	"applicant": {
		meaning: "of providers that have applied to the caller's authority",
		where:   fixedPredicate(among("provider_id", "SELECT provider_id FROM dps.application WHERE authority_id = (SELECT dps.org())")),
	},
	"member": {
		meaning: "of providers that are members of a lot, for an authority that is in the region",
		where: fixedPredicate(among("provider_id", "SELECT provider_id FROM dps.membership WHERE ended_at IS NULL") +
			" AND (SELECT dps.buys((SELECT dps.org())))"),
	},
	"relied": {
		meaning: "of providers that are members of a lot, or were and have a child placed, for an authority that is in the region",
		where: fixedPredicate("(" + among("provider_id", "SELECT provider_id FROM dps.membership WHERE ended_at IS NULL") +
			" OR dps.keeps_children(provider_id)) AND (SELECT dps.buys((SELECT dps.org())))"),
	},
	"called": {
		meaning: "of members of a lot in which the caller's authority has a call that has not ended",
		where: fixedPredicate(among("provider_id",
			"SELECT provider_id FROM dps.membership WHERE ended_at IS NULL AND lot_id = ANY ((SELECT dps.called_lots())::uuid[])")),
	},
	"placed": {
		meaning: "of providers with which the caller's authority has a placement that is neither over nor cancelled",
		where: fixedPredicate(among("provider_id", "SELECT provider_id FROM dps.placement WHERE authority_id = (SELECT dps.org()) AND "+
			"cancelled_at IS NULL AND (ended_on IS NULL OR ended_on >= (SELECT (dps.now() AT TIME ZONE 'Europe/London')::date))")),
	},
	"served": {
		meaning: "kept for as long as the table retention says, and needed no longer",
		where:   fixedPredicate("at < (SELECT dps.kept_since('RETRY'))"),
		whereOnTable: map[string]predicateFunc{
			"family_invitation": fixedPredicate("used_at IS NULL AND least(expires_at, replaced_at) < (SELECT dps.kept_since('INVITATION'))"),
			"evidence_file":     fixedPredicate("dps.document_has_served(evidence_id)"),
		},
	},
	"chain": {meaning: "in the log chain of the caller's provider", where: fixedPredicate("chain_id = (SELECT dps.org())")},
}

// acceptedAward are awards that the caller's provider has accepted.
const acceptedAward = "provider_id = (SELECT dps.org()) AND accepted_at IS NOT NULL"

const acceptedNeeds = "SELECT need_id FROM dps.award WHERE " + acceptedAward

var ofPublishedLot = fixedPredicate("lot_id IN (SELECT id FROM dps.lot WHERE published_at IS NOT NULL)")

// invitedAsMember is true if the caller's provider was invited to the need in a column and is an active member of its lot
// now. It is looked up for each row, because a provider's invitations only grow in number.
func invitedAsMember(column string) string {
	return "EXISTS (SELECT FROM dps.invitation WHERE need_id = " + column +
		" AND provider_id = (SELECT dps.org()) AND lot_id = ANY ((SELECT dps.member_lots())::uuid[]) OFFSET 0)"
}

// followsNeed is invitedAsMember, or the caller's provider has an offer of its own to the need, sealed or by telephone, that
// it did not withdraw. A right ends with its ground.
func followsNeed(column string) string {
	of := " WHERE need_id = " + column + " AND provider_id = (SELECT dps.org())"
	return "(" + invitedAsMember(column) + " OR EXISTS (SELECT FROM dps.sealed_offer" + of + " AND withdrawn_at IS NULL OFFSET 0)" +
		" OR EXISTS (SELECT FROM dps.telephone_offer" + of + " OFFSET 0))"
}

// among is true if the value in a column is one of those that a query finds. It is looked up for each row, by an index:
// a list of everything that the query finds would grow with the market, and OFFSET 0 stops PostgreSQL from making one.
func among(column, query string) string {
	return "EXISTS (SELECT FROM (" + query + ") AS found (wanted) WHERE wanted = " + column + " OFFSET 0)"
}

func fixedPredicate(sql string) predicateFunc { return func(Role, string) string { return sql } }

// ownEventRows are the caller's own events, in the current capacity. The keeper records what others did through it.
func ownEventRows(role Role, _ string) string {
	sql := "person = coalesce((SELECT dps.person()), 'family') AND organisation_id IS NOT DISTINCT FROM (SELECT dps.org())"
	if role == Keeper {
		return sql
	}
	return sql + " AND capacity = '" + string(role) + "'"
}

// ownRows are the rows of the caller's organisation: authorities own by authority_id, providers by provider_id. The
// sub-select is evaluated once for each statement, not for each row.
func ownRows(role Role, _ string) string {
	if role == BidsManager {
		return "provider_id = (SELECT dps.org())"
	}
	return "authority_id = (SELECT dps.org())"
}

// ownMembershipRows are a provider's own. For others, a membership belongs to the lead authority of its lot.
func ownMembershipRows(role Role, _ string) string {
	if role == BidsManager {
		return ownRows(role, "")
	}
	return "lot_id IN (SELECT id FROM dps.lot WHERE authority_id = (SELECT dps.org()))"
}

func delegatedRows(_ Role, act string) string {
	return fmt.Sprintf("authority_id = ANY ((SELECT dps.boroughs('%s'))::uuid[])", strings.ToUpper(act))
}

func appointedRows(role Role, _ string) string { return appointedTo(role, "need_id") }

func appointedTo(role Role, column string) string {
	return fmt.Sprintf("%s = ANY ((SELECT dps.appointed('%s'))::uuid[])", column, strings.ToUpper(string(role)))
}

// addressedRows are alerts to those who act in the caller's capacity, or to those of a borough whose duty the consortium has taken over.
func addressedRows(role Role, act string) string {
	inCapacity := " AND capacity = '" + string(role) + "'"
	switch act {
	case "":
		return ownRows(role, "") + inCapacity
	case "appointed":
		return "(" + ownRows(role, "") + " OR " + appointedRows(role, "") + ")" + inCapacity
	}
	return delegatedRows(role, act) + " AND delegable = '" + strings.ToUpper(act) + "'"
}

// ownOrDelegatedRows are delegated or appointed if an argument says so, otherwise own, and in either case with a
// further condition.
func ownOrDelegatedRows(more string) predicateFunc {
	return func(role Role, act string) string {
		switch act {
		case "":
			return ownRows(role, "") + more
		case "appointed":
			return appointedRows(role, "") + more
		}
		return delegatedRows(role, act) + more
	}
}

// findDefinition is the meaning of the scope, and its argument. An unknown name or argument is an error.
func (s Scope) findDefinition() (scopeDefinition, string, error) {
	name, arg, given := strings.Cut(string(s), ":")
	found, ok := scopeDefinitions[name]
	switch {
	case !ok:
		return scopeDefinition{}, "", fmt.Errorf("no scope is called %q", name)
	case given && arg == "", arg != "" && !slices.Contains(found.arguments, arg), arg == "" && found.arguments != nil &&
		!slices.Contains(found.arguments, ""):
		return scopeDefinition{}, "", fmt.Errorf("scope %q has an argument that it does not take, or lacks one that it needs", s)
	}
	return found, arg, nil
}

// predicateOn is the SQL of a scope on a table, for a role.
func (s Scope) predicateOn(role Role, table string) (string, error) {
	found, arg, err := s.findDefinition()
	if err != nil {
		return "", err
	}
	if where, ok := found.whereOnTable[table]; ok {
		return where(role, arg), nil
	}
	return found.where(role, arg), nil
}

var ofOwnSetting = fixedPredicate(among("setting_id", "SELECT id FROM dps.setting WHERE provider_id = (SELECT dps.org())"))
