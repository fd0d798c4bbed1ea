package agree_test

import (
	"slices"
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
)

// securityDefiners are the functions that run with their owner's rights. Each was read for what it can reveal. A new
// one must be read too before its name is added.
var securityDefiners = []string{
	"address_follows()",        // a trigger, which says nothing
	"agreement_after_notice()", // a trigger: that an award notice is due first, to a person who signs
	"answer_alerts()",          // a trigger: it closes the alerts that an act answers, and says nothing
	"answer_corrected()",       // a trigger: it writes into the logs of invited providers that an answer was corrected, and says nothing
	"appointed(which text)",    // the needs that the caller is appointed to in a capacity, nobody else's
	"appointments_over()",      // a trigger: it marks appointments whose need is decided, and says nothing
	// whether a place is outside an area and approved; only rules read it, and say so
	"area_facts(of_need uuid, at_setting uuid)",
	"award_after_naming()", // a trigger: that a family asks for a school, or that one is named, to a person who awards that need
	"award_after_prices()", // a trigger: that a price is queried, to a person who awards that need
	"award_awaits()",       // a trigger: it marks whether a need waits for an award, and says nothing
	// a ceiling, and whether a school was refused; only rules read it, and name no figure
	"award_bounds(of_need uuid, at_setting uuid)",
	"borough_moved()",      // a trigger: it withdraws delegations, and says nothing
	"boroughs(which text)", // which authorities delegate to the caller's own consortium, nothing of another's
	"called_lots()",        // the lots in which the caller's own authority has a call that has not ended, nobody else's
	// what followed from a need, of which the function withholds what each capacity cannot read
	"course(which uuid, of_award uuid)",
	// whether a document has been kept for long enough; only to the clock worker
	"document_has_served(evidence uuid)",
	"family_invited()",          // a trigger: it closes the open code of the same child for a person who makes a newer one, and says nothing
	"feedback_minimum_stated()", // a trigger: it raises the minimum of answers behind a figure, and says nothing
	"hand_over()",               // a trigger: it gives a predecessor's needs to its successors, and says nothing
	"has_document(which uuid)",  // whether evidence has its document; neither what it is nor whose
	// whether a signed head is needed no longer; to nobody but the function that removes it and the trigger that keeps it
	"head_has_served(chain uuid, at_position bigint, at timestamp with time zone)",
	"interest_after_word()",  // a trigger: it voids the caller's own approvals, and says which had opened something
	"invite_to_open_calls()", // a trigger: it invites a new member of a lot to its open calls, and says nothing
	// whether a token is of an old epoch or of an authority that is succeeded; only to the logins
	"is_kept_out(role text, who text, organisation text, epoch integer)",
	"keeps_children(which uuid)", // whether a child is placed with a provider that has been a member; no child, no authority
	"kept_since(which text)",     // a moment that the table retention gives; to the clock worker and to who checks the log
	// the identities of a need's child and its siblings, protected, to those who act for its authority: the program alone can open them
	"known_names(which uuid)",
	"lacks_evidence(lot uuid, provider uuid)", // of memberships alone, which say publicly that they lapsed
	"lock_need(need uuid, exclusive boolean)", // it locks, and says nothing
	// the number of the log before which no event comes any more, of transactions whose locks it reads; only to the clock worker
	"log_age()",
	"log_horizon()",
	"log_number(transaction xid8)", // the number of a transaction in the order of the log
	"lot_frozen()",                 // a trigger: that a lot is published, to a person who can change it
	"member_lots()",                // the lots in which the caller's own provider is an active member, nobody else's
	// which keys of the market a program does not have, by what they are for; only to the logins
	"missing_keys(uses text[], fingerprints text[])",
	"moments_due()", // what is due, whose and when, with names that are public; only to the clock worker
	// what waits for the caller, in the caller's own capacity, organisation, delegations and appointments
	"my_duties()",
	"need_adjusted()",           // a trigger: it tells who is invited that times or texts changed, and says nothing
	"need_amended()",            // a trigger: it makes offers void and clears answers, and says nothing
	"need_awaits()",             // a trigger: it marks whether a need waits for an award, and says nothing
	"need_discarded()",          // a trigger: it removes what a discarded draft says of a child, and says nothing
	"need_published()",          // a trigger: that an award is live, to a person who publishes its need
	"need_texts(which uuid)",    // what an authority wrote about a need, to those who publish for that authority
	"need_unlinked()",           // a trigger: that a deadline has passed, to a person who unlinks needs
	"need_withdrawn()",          // a trigger: that an award is live, to a person who withdraws its need
	"offer_in_time()",           // a trigger: that a deadline has passed, to a bidder
	"open_spending(since date)", // rounded sums of completed quarters that nobody can take apart
	"organisation_comes_back()", // a trigger: it ends the delegations and appointments of an authority that had left, and says nothing
	"owe_notices()",             // a trigger: it writes which notices an award asks for, and says nothing
	"place_agreed()",            // a trigger: it ends the call for a need whose place is agreed, and says nothing
	// triggers: they rewrite the keys that a setting is found by, and say nothing
	"place_declared()", "place_members()", "place_settings()",
	"placed_with_who_runs_it()",    // a trigger: that another provider runs a setting, to a provider that accepts a place there
	"placement_cancelled()",        // a trigger: it ends the award of a cancelled placement, and says nothing
	"price_not_awarded()",          // a trigger: that an award is live, to a person who queries a price there
	"redact()",                     // a trigger: it replaces words in the texts of a need, for a person who redacts it, and says in which
	"scores_locked(which uuid)",    // whether as many sheets of a need are locked as needed; no score, no person
	"sealed_or_said()",             // a trigger: whether a need is urgent, to a bidder
	"setting_changes_hands()",      // a trigger: that a child is placed in a setting, to a person who unlinks it
	"spent()",                      // a trigger: it writes what an agreed place costs, and says nothing
	"succession_cancelled()",       // a trigger: it removes a succession that was cancelled before its day, and says nothing
	"tally()", "tally_from_none()", // triggers: they write the count, and say nothing
	"thin_heads(at_most integer)", // it removes signed heads that are needed no longer, and says how many; only to the clock worker
	// what waits for any capacity and organisation; to nobody but the functions above
	"waiting(capacities text[], organisations uuid[], needs uuid[])",
	"within_capacity()", // a trigger: that a setting is full on some day, to a provider that accepts a place there
}

// TestCatalogueHasNoWayAroundRowSecurity looks in the catalogue for anything that could be a way around. db's own test
// has the tables, grants and policies.
func TestCatalogueHasNoWayAroundRowSecurity(t *testing.T) {
	d := dbtest.New(t)
	const ours = `(SELECT oid FROM pg_roles WHERE rolname LIKE 'dps\_%')`
	for what, query := range map[string]string{
		"a relation of another kind than table, index and sequence": `SELECT relname FROM pg_class WHERE relnamespace = 'dps'::regnamespace
			AND relkind NOT IN ('r', 'i', 'S', 't')`,
		"a table that inherits or is a partition": `SELECT inhrelid::regclass::text FROM pg_inherits`,
		"a rule that rewrites":                    `SELECT rulename FROM pg_rewrite WHERE ev_class >= 16384`,
		"a policy that restricts, and could hide a mistake": `SELECT policyname || ' on ' || tablename FROM pg_policies
			WHERE permissive <> 'PERMISSIVE'`,
		"a policy for everybody, or for several roles": `SELECT policyname || ' on ' || tablename FROM pg_policies
			WHERE cardinality(roles) <> 1 OR roles[1] NOT LIKE 'dps\_%'`,
		"a grant that can be passed on": `SELECT table_name FROM information_schema.table_privileges
			WHERE is_grantable = 'YES' AND table_schema = 'dps' AND grantee <> 'dps_owner'`,
		"a right that comes with what is made later": `SELECT defaclrole::regrole::text FROM pg_default_acl`,
		"something outside the schema that is ours": `SELECT relname FROM pg_class WHERE relowner IN ` + ours +
			` AND relnamespace NOT IN ('dps'::regnamespace, 'pg_toast'::regnamespace)`,
		"a function outside the schema that is ours": `SELECT proname FROM pg_proc WHERE proowner IN ` + ours +
			` AND pronamespace <> 'dps'::regnamespace`,
		"a server, wrapper or extension": `SELECT srvname FROM pg_foreign_server UNION SELECT fdwname
			FROM pg_foreign_data_wrapper UNION SELECT extname FROM pg_extension WHERE extname NOT IN ('plpgsql', 'btree_gist', 'pg_trgm')`,
		"a setting of a role or a database": `SELECT setconfig::text FROM pg_db_role_setting`,
		"a role of the server's own": `SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
			WHERE m.member IN ` + ours + ` AND r.rolname NOT LIKE 'dps\_%'`,
		"a definer whose path somebody else could set": `SELECT proname FROM pg_proc WHERE pronamespace = 'dps'::regnamespace
			AND prosecdef AND (proconfig IS NULL OR NOT 'search_path=dps, pg_temp' = ANY (proconfig))`,
		"a definer with words of its own to run": `SELECT proname FROM pg_proc WHERE pronamespace = 'dps'::regnamespace
			AND prosecdef AND prosrc ~* '\mexecute\M'`,
		"a definer's owner who passes row security": `SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
			WHERE p.pronamespace = 'dps'::regnamespace AND p.prosecdef AND r.rolname <> 'dps_owner'`,
		"the owner passing row security": `SELECT rolname FROM pg_roles WHERE rolname = 'dps_owner' AND (rolsuper
			OR rolbypassrls OR rolcanlogin)`,
	} {
		if found := queryTexts(t, d, query); found != nil {
			t.Errorf("%s: %v", what, found)
		}
	}
	found := queryTexts(t, d, `SELECT proname || '(' || pg_get_function_arguments(oid) || ')' FROM pg_proc
		WHERE pronamespace = 'dps'::regnamespace AND prosecdef ORDER BY 1`)
	if !slices.Equal(found, securityDefiners) {
		t.Errorf("functions with their owner's rights: %q, known are %q", found, securityDefiners)
	}
}

func queryTexts(t *testing.T, d *dbtest.Database, query string) (all []string) {
	t.Helper()
	rows, err := d.Admin.Query(query)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var text string
		must(t, rows.Scan(&text))
		all = append(all, text)
	}
	must(t, rows.Err())
	return all
}
