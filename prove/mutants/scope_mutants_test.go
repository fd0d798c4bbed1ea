package mutants_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/prove/rights"
)

// predicateSlips are what a predicate says and what somebody could have written instead. Each is made on one table at a
// time, in every predicate of it that says so.
var predicateSlips = []struct{ says, instead string }{
	{"authority_id = (SELECT dps.org())", "true"},
	{"provider_id = (SELECT dps.org())", "true"},
	{"authority_id = (SELECT dps.org())", "provider_id = (SELECT dps.org())"},
	{
		"provider_id = (SELECT dps.org())",
		"authority_id = (SELECT dps.org())",
	},
	{"consortium_id = (SELECT dps.org())", "true"},
	{"consortium_id = (SELECT dps.org())", "authority_id = (SELECT dps.org())"},
	{"chain_id = (SELECT dps.org())", "authority_id = (SELECT dps.org())"},
	{
		"chain_id = (SELECT dps.org())",
		"organisation_id = (SELECT dps.org())",
	},
	{"chain_id = (SELECT dps.org())", "true"},
	{" AND decision = 'RELEASED'", ""},
	{"= 'RELEASED'", "IS NOT NULL"},
	{"= 'RELEASED'", "<> 'HELD'"},
	{" AND dps.scores_locked(need_id)", ""},
	{" AND dps.scores_locked(need_id)", " OR dps.scores_locked(need_id)"},
	{" AND person = (SELECT dps.person())", ""},
	{"person = (SELECT dps.person()) AND ", ""},
	{
		" AND organisation_id = (SELECT dps.org())",
		"",
	},
	{" AND (SELECT dps.buys((SELECT dps.org())))", ""},
	{"appointed('EVALUATOR')", "appointed('MODERATOR')"},
	{
		"appointed('MODERATOR')",
		"appointed('EVALUATOR')",
	},
	{"appointed('OPENING_OFFICER')", "appointed('EVALUATOR')"},
	{"p.evaluators = 1", "true"},
	{"p.evaluators = 1", "p.evaluators > 1"},
	{" AND shown", ""},
	{" AND shown", " AND NOT shown"},
	{" AND approved_at IS NOT NULL", ""},
	{"approved_at IS NOT NULL", "proposed_at IS NOT NULL"},
	{
		"approved_at IS NOT NULL",
		"accepted_at IS NOT NULL",
	},
	{" AND accepted_at IS NOT NULL", ""},
	{" AND cancelled_at IS NULL", ""},
	{"accepted_at IS NOT NULL", "approved_at IS NOT NULL"},
	{
		" AND EXISTS (SELECT FROM dps.invitation WHERE need_id = sealed_offer.need_id AND provider_id = (SELECT dps.org()) AND " +
			"lot_id = ANY ((SELECT dps.member_lots())::uuid[]) OFFSET 0)", "",
	},
	{
		" AND EXISTS (SELECT FROM dps.invitation WHERE need_id = clarification.need_id AND provider_id = (SELECT dps.org()) AND " +
			"lot_id = ANY ((SELECT dps.member_lots())::uuid[]) OFFSET 0)", "",
	},
	{
		" AND (EXISTS (SELECT FROM dps.invitation WHERE need_id = clarification_asker.need_id",
		" AND (true OR EXISTS (SELECT FROM dps.invitation WHERE need_id = clarification_asker.need_id",
	},
	{" AND lot_id = ANY ((SELECT dps.member_lots())::uuid[])", ""},
	{" AND withdrawn_at IS NULL OFFSET 0", " OFFSET 0"},
	{" OR dps.keeps_children(provider_id)", ""},
	{" AND lot_id = ANY ((SELECT dps.called_lots())::uuid[])", ""},
	{" AND (ended_on IS NULL OR ended_on >= ", " AND (true OR ended_on >= "},
	{"ended_on IS NULL OR ", ""},
	{" AND declined_at IS NULL", ""},
	{" AND lapsed_at IS NULL", ""},
	{"need_id = need.id AND ", ""},
	{"WHERE provider_id = (SELECT dps.org()) AND accepted_at", "WHERE accepted_at"},
	{" AND EXISTS (SELECT FROM dps.sealed_offer WHERE id = sealed_part.offer_id AND provider_id = (SELECT dps.org()))", ""},
	{"id = sealed_part.offer_id AND ", ""},
	{" AND EXISTS (SELECT FROM (SELECT id FROM dps.award WHERE provider_id = (SELECT dps.org()) AND approved_at IS NOT NULL) AS found " +
		"(wanted) WHERE wanted = award_id OFFSET 0)", ""},
	{" AND kind = 'PREFERENCE'", ""},
	{" AND kind = 'FEEDBACK'", ""},
	{"code_hash = (SELECT dps.code_hash()) AND ", ""},
	{"code_hash = (SELECT dps.code_hash())", "true"},
	{" AND capacity = '", " AND '' <> '"},
	{" AND organisation_id IS NOT DISTINCT FROM (SELECT dps.org())", ""},
	{"person = coalesce((SELECT dps.person()), 'family') AND ", ""},
	{"coalesce((SELECT dps.person()), 'family')", "'family'"},
	{"boroughs('PUBLISH')", "boroughs('ANY')"},
	{"boroughs('EVALUATE')", "boroughs('ANY')"},
	{"boroughs('AWARD')", "boroughs('ANY')"},
	{"boroughs('MANAGE')", "boroughs('ANY')"},
	{"boroughs('PUBLISH')", "boroughs('MANAGE')"},
	{"boroughs('EVALUATE')", "boroughs('PUBLISH')"},
	{
		"boroughs('AWARD')",
		"boroughs('MANAGE')",
	},
	{"boroughs('MANAGE')", "boroughs('AWARD')"},
	{"boroughs('ANY')", "boroughs('PUBLISH')"},
	{"authority_id = ANY ((SELECT dps.boroughs(", "lot_id <> ALL ((SELECT dps.boroughs("},
	{"deadline < (SELECT dps.now())", "deadline > (SELECT dps.now())"},
	{"deadline < (SELECT dps.now())", "deadline IS NOT NULL"},
	{"deadline < (SELECT dps.now())", "true"},
	{"published_at IS NOT NULL", "true"},
	{"published_at IS NOT NULL", "published_at IS NULL"},
	{"lot_id IN (SELECT id FROM dps.lot WHERE authority_id = (SELECT dps.org()))", "true"},
	{"EXISTS (SELECT FROM (SELECT setting_id FROM dps.award WHERE ", "NOT EXISTS (SELECT FROM (SELECT setting_id FROM dps.award WHERE "},
	{"EXISTS (SELECT FROM (SELECT id FROM dps.offer) AS found (wanted) WHERE wanted = offer_id OFFSET 0)", "true"},
	{"EXISTS (SELECT FROM dps.invitation WHERE ", "NOT EXISTS (SELECT FROM dps.invitation WHERE "},
}

// functionSlips are what predicates call, and what somebody could have written in them.
var functionSlips = []struct{ named, says, instead string }{
	{"boroughs(text)", "AND d.withdrawn_at IS NULL", ""},
	{"boroughs(text)", "d.consortium_id = org() AND", ""},
	{
		"boroughs(text)",
		"OR d.act = which", "OR true",
	},
	{"boroughs(text)", "d.act = which", "d.act <> which"},
	{"boroughs(text)", "d.withdrawn_at IS NULL", "d.withdrawn_at IS NOT NULL"},
	{"boroughs(text)", "AND buys(d.authority_id)", ""},
	{"appointed(text)", "AND buys(a.organisation_id)", ""},
	{
		"appointed(text)",
		"a.organisation_id = org() AND", "",
	},
	{"appointed(text)", "AND a.person = person()", ""},
	{"appointed(text)", "AND a.capacity = which", ""},
	{
		"appointed(text)",
		"AND a.ended_at IS NULL", "",
	},
	{"appointed(text)", "AND n.ranked_at IS NULL", ""},
	{"appointed(text)", "AND n.withdrawn_at IS NULL", ""},
	{"member_lots()", "m.provider_id = org() AND", ""},
	{"member_lots()", "AND m.ended_at IS NULL", ""},
	{"member_lots()", "AND m.lapsed_at IS NULL", ""},
	{"member_lots()", "m.suspended_at IS NULL OR", ""},
	{"member_lots()", "OR m.suspended_until <= dps.now()", ""},
	{"called_lots()", "n.authority_id = org() AND", ""},
	{"called_lots()", "n.published_at IS NOT NULL AND", ""},
	{"called_lots()", "AND n.withdrawn_at IS NULL", ""},
	{"keeps_children(uuid)", "EXISTS (SELECT FROM membership m WHERE m.provider_id = which)", "true"},
	{"scores_locked(uuid)", "AND s.locked_at IS NOT NULL", ""},
	{"scores_locked(uuid)", ">= min(p.evaluators)", "> min(p.evaluators)"},
	{"scores_locked(uuid)", ">= min(p.evaluators)", ">= 1"},
	{"scores_locked(uuid)", "s.need_id = which AND", ""},
	{
		"scores_locked(uuid)",
		"p.evaluators", "p.openers + 1",
	},
}

// tryScopes breaks the meaning of the policy's scopes, and the functions that they use.
func (b *mutantBench) tryScopes(t *testing.T) {
	original, err := policy.Load()
	must(t, err)
	for _, s := range predicateSlips {
		if !strings.Contains(original.SQL(), s.says) {
			t.Errorf("no predicate says %q any more", s.says)
		}
	}
	all := slices.Concat(slipMakers(original.SQL()), makersOf(b.functionMutants(t, original.SQL())))
	b.tryMutants(t, "scopes", all, prove.Scaled(15, 15, math.MaxInt))
}

func slipMakers(sql string) (all []mutantMaker) {
	tables := map[string]bool{}
	for _, l := range rowPolicies(sql) {
		tables[l.Table] = true
	}
	for _, s := range predicateSlips {
		for _, table := range slices.Sorted(maps.Keys(tables)) {
			all = append(all, func() (mutant, bool) {
				m := mutant{name: table + ": " + s.instead + " for " + s.says}
				changed := applySlip(sql, table, s.says, s.instead)
				if changed == sql {
					return m, false
				}
				m.statements, m.groups = migrationBetween(sql, changed)
				return m, true
			})
		}
	}
	return all
}

// applySlip writes something else in the predicates of a table.
func applySlip(sql, table, says, instead string) string {
	var text strings.Builder
	for line := range strings.Lines(sql) {
		if strings.Contains(line, " ON dps."+table+" FOR ") && slipFitsTable(table, instead) {
			line = strings.ReplaceAll(line, says, instead)
		}
		text.WriteString(line)
	}
	return text.String()
}

// slipFitsTable leaves out slips that name a column that a table does not have: PostgreSQL refuses them.
func slipFitsTable(table, instead string) bool {
	for _, column := range []string{"authority_id", "provider_id", "organisation_id", "lot_id", "proposed_at", "accepted_at", "approved_at"} {
		if strings.Contains(instead, column) && !slices.Contains(strings.Fields(columnsOfTable[table]), column) {
			return false
		}
	}
	return true
}

// columnsOfTable are those of some tables that a slip could confuse.
var columnsOfTable = map[string]string{
	"application": "authority_id provider_id lot_id", "need": "authority_id lot_id", "invitation": "authority_id provider_id lot_id",
	"sealed_offer": "authority_id provider_id",
	"offer":        "authority_id provider_id", "offer_price": "authority_id provider_id", "offer_fee": "authority_id provider_id",
	"ranking": "authority_id provider_id",
	"award":   "authority_id provider_id proposed_at accepted_at approved_at", "letter": "authority_id provider_id",
	"placement": "authority_id provider_id",
	"agreement": "authority_id provider_id", "feedback_words": "authority_id provider_id", "family_invitation": "authority_id provider_id",
	"event": "authority_id organisation_id", "delegation": "authority_id", "criterion": "authority_id lot_id",
	"setting_address": "approved_at accepted_at proposed_at",
	"need_identity":   "approved_at authority_id",
}

// functionMutants are mutants of functions, each to show in every group whose predicates call it.
func (b *mutantBench) functionMutants(t *testing.T, sql string) (all []mutant) {
	t.Helper()
	for _, f := range functionSlips {
		var definition string
		must(t, b.Database.Admin.QueryRow("SELECT pg_get_functiondef(('dps.' || $1)::regprocedure)", f.named).Scan(&definition))
		if !strings.Contains(definition, f.says) {
			t.Fatalf("%s does not say %q", f.named, f.says)
		}
		name, _, _ := strings.Cut(f.named, "(")
		var groups []rights.Group
		for _, l := range rowPolicies(sql) {
			if strings.Contains(l.guard, "dps."+name+"(") {
				groups = append(groups, l.Group)
			}
		}
		all = append(all, mutant{name: f.named + ": " + f.instead + " for " + f.says, statements: []string{strings.ReplaceAll(definition, f.says,
			f.instead)}, groups: uniqueGroups(groups)})
	}
	return all
}
