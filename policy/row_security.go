package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ExemptTables are the tables without row-level security, by name. No role that a person acts in has a right on them,
// except to read the clock, which reveals only the time.
var ExemptTables = []string{
	"clock", "revocation", "access_end", "policy_version", "goose_db_version", "key_in_use", "log_resumption",
	"retention",
}

// Logins are the database's login roles and the roles that each can become.
var Logins = map[string][]Role{
	"dps_api": {
		Public, Family, MarketManager, Commissioner, Approver, OpeningOfficer, Evaluator, Moderator, SafeguardingLead, Auditor,
		ConsortiumOfficer, BidsManager, Keeper,
	},
	"dps_worker":   {Worker},
	"dps_importer": {Importer},
	LogReader:      {}, // it acts in no role, and reads the log alone
}

// LogReader is the login of whoever checks the log. It reads every event, every seal and every signed head, and nothing else.
const LogReader = "dps_log_reader"

// logTables are the tables of the log.
var logTables = []string{"event", "event_seal", "event_head"}

type rowRule struct {
	role  Role
	use   TableUse
	where string
}

// SQL compiles the policy into grants and row-level security: for each role, table and command one policy for each
// scope, never a CASE over roles (which PostgreSQL cannot answer from an index). A role without a line sees no row. The
// text is a pure function of the policy; `dps migrate` runs all of it in one transaction.
func (p *Policy) SQL() string {
	var b strings.Builder
	b.WriteString("-- Compiled from policy/policy.csv by `dps policy --sql`; never edited.\n")
	for _, table := range guardedTables() {
		fmt.Fprintf(&b, "ALTER TABLE dps.%[1]s ENABLE ROW LEVEL SECURITY;\nALTER TABLE dps.%[1]s FORCE ROW LEVEL SECURITY;\n"+
			"CREATE POLICY owner ON dps.%[1]s TO dps_owner USING (true) WITH CHECK (true);\n", table)
	}
	b.WriteString("GRANT SELECT ON dps.clock TO PUBLIC;\n")
	for _, table := range logTables {
		fmt.Fprintf(&b, "GRANT SELECT ON dps.%[1]s TO %[2]s;\nCREATE POLICY log_reader ON dps.%[1]s FOR SELECT TO %[2]s USING (true);\n",
			table, LogReader)
	}
	seen := map[string]int{}
	for _, r := range p.rowRules() {
		grant := fmt.Sprintf("GRANT %s ON dps.%s TO %s;\n", r.use.Command, r.use.Table, r.role.Database())
		if seen[grant]++; seen[grant] == 1 {
			b.WriteString(grant)
		}
		fmt.Fprintf(&b, "CREATE POLICY %s_%s_%d ON dps.%s FOR %s TO %s %s;\n", r.role, strings.ToLower(string(r.use.Command)), seen[grant],
			r.use.Table, r.use.Command, r.role.Database(), guardClause(r.use.Command, r.where))
	}
	return b.String()
}

func guardClause(c Command, where string) string {
	switch c {
	case Insert:
		return "WITH CHECK (" + where + ")"
	case Update:
		return "USING (" + where + ") WITH CHECK (" + where + ")"
	default:
		return "USING (" + where + ")"
	}
}

// rowRules are the distinct (role, table, command, predicate), in a stable order.
func (p *Policy) rowRules() []rowRule {
	var all []rowRule
	for _, role := range Roles {
		for act, granted := range p.grants[role] {
			for _, scope := range granted {
				for _, touch := range tablesOfAct[act] {
					where, err := scope.predicateOn(role, touch.Table)
					if err != nil {
						panic(err) // Load has checked each one
					}
					all = append(all, rowRule{role, touch, where})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b rowRule) int {
		return cmp.Or(cmp.Compare(a.use.Table, b.use.Table), cmp.Compare(a.role, b.role),
			cmp.Compare(a.use.Command, b.use.Command), cmp.Compare(a.where, b.where))
	})
	return slices.Compact(all)
}

// LoginNames are the logins, sorted.
func LoginNames() []string { return slices.Sorted(maps.Keys(Logins)) }

// Hash identifies this policy as compiled, so that a database can say which one it has.
func (p *Policy) Hash() string {
	sum := sha256.Sum256([]byte(p.SQL()))
	return hex.EncodeToString(sum[:])
}

// guardedTables are all tables that the acts use, sorted. Each is under row-level security.
func guardedTables() []string {
	var all []string
	for _, touches := range tablesOfAct {
		for _, t := range touches {
			all = append(all, t.Table)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
