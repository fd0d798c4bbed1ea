// Package mutants_test makes one mistake at a time, in the policy, in the meaning of its scopes, in the row policies of
// a live database and in the directives of the schema, and shows that it is found by expectations that were written by
// hand and do not read what was changed.
package mutants_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo/demotest"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/prove/crowd"
	"github.com/southeasttogether/dps/prove/rights"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// mutant is one mistake.
type mutant struct {
	name         string
	statements   []string       // statements that make it in a database
	groups       []rights.Group // what it can show in
	actFault     string         // where the mistake is about acts as such: the first role and act that are not as they should be
	foundAtStart bool           // whether the program would find it at start, where the database does not take it
}

// equivalentMutants are mutants that change nothing that anybody could see or do, with the reason.
var equivalentMutants = map[string]string{
	"bids_manager_update_2 ON dps.sealed_offer: dropped":                  submitIsWithdraw,
	"bids_manager_update_2 ON dps.sealed_offer: of another role":          submitIsWithdraw,
	"need: true for provider_id = (SELECT dps.org())":                     walledInside,
	"need_change: true for provider_id = (SELECT dps.org())":              walledInside,
	"need_link: true for provider_id = (SELECT dps.org())":                walledInside,
	"joint_share: true for provider_id = (SELECT dps.org())":              walledInside,
	"clarification: true for provider_id = (SELECT dps.org())":            walledInside,
	"clarification_correction: true for provider_id = (SELECT dps.org())": walledInside,
	"need_identity: true for provider_id = (SELECT dps.org())":            walledInside,
	"setting_address: true for authority_id = (SELECT dps.org())":         walledInside,
	"criterion: true for published_at IS NOT NULL":                        walledInside,
	"placement:  for  AND approved_at IS NOT NULL":                        walledInside,
	"preference:  for code_hash = (SELECT dps.code_hash()) AND ":          walledInside,
	"appointed(text):  for AND n.ranked_at IS NULL":                       overWithItsNeed,
	"appointed(text):  for AND n.withdrawn_at IS NULL":                    overWithItsNeed,
	"preference: true for code_hash = (SELECT dps.code_hash())":           walledInside,
	"feedback_words:  for code_hash = (SELECT dps.code_hash()) AND ":      walledInside,
	"feedback_words: true for code_hash = (SELECT dps.code_hash())":       walledInside,
	"rating_waiting:  for code_hash = (SELECT dps.code_hash()) AND ":      walledInside,
	"rating_waiting: true for code_hash = (SELECT dps.code_hash())":       walledInside,
	"lot_evidence: true for published_at IS NOT NULL":                     walledInside,
	"evidence: true for authority_id = (SELECT dps.org())":                walledInside,
	"evidence_warning: true for authority_id = (SELECT dps.org())":        walledInside,
	"market_manager_update_1 ON dps.setting: every new row":               leadsWhatever,
	"market_manager_update_1 ON dps.organisation: every new row":          leadsWhatever,
	"market_manager_update_1 ON dps.registration: every new row":          leadsWhatever,
	"market_manager_update_1 ON dps.succession: every new row":            leadsWhatever,
	"approver_update_1 ON dps.succession: every new row":                  fixedAsAnnounced,
	"worker_update_1 ON dps.evidence_file: every new row":                 ofOneEvidence,
	"approver_update_2 ON dps.award: dropped":                             approvesAll,
	"approver_update_2 ON dps.award: of another role":                     approvesAll,
	"evidence_file: true for authority_id = (SELECT dps.org())":           walledInside,
	"evidence_rejection: true for authority_id = (SELECT dps.org())":      walledInside,
	"feedback_words:  for  AND kind = 'FEEDBACK'":                         onlyFeedbackHasPlacement,
}

const (
	submitIsWithdraw = "whoever may withdraw an offer may change its row, whether invited or not: the rows of submitting again are " +
		"among them"
	walledInside    = "what the predicate looks into is itself under row security, which shows the asker no other rows"
	overWithItsNeed = "an appointment that is over is not counted, and it is over when its need is ranked or withdrawn"
	leadsWhatever   = "who leads a market is told by no row of a setting, so that the check of the new row says no more than that " +
		"of the old one"
	ofOneEvidence            = "whether a document has served is told by its evidence, which a trigger keeps it from leaving"
	fixedAsAnnounced         = "a trigger refuses any change of whose a succession is, with the same answer as a policy"
	approvesAll              = "whoever approves the awards of an authority approves those by other routes among them"
	onlyFeedbackHasPlacement = "a check of the table gives a placement to invitations of kind FEEDBACK alone"
)

// mutantBench is a crowded database on which mutants are tried, and which groups were found good without any.
type mutantBench struct {
	*rights.Region
	soundGroups map[rights.Group]bool
}

func newMutantBench(t *testing.T) *mutantBench {
	t.Helper()
	w := demotest.New(t)
	codes := crowd.Fill(t, w.Database, 120, prove.Random("mutants"))
	return &mutantBench{rights.ReadRegion(t, w.Database, codes), map[rights.Group]bool{}}
}

// sampleSeeds are samples of the rows that a group tries: what one of them misses by chance, another finds.
var sampleSeeds = []uint64{1, 2, 3}

// isCaught says whether a mutant is found, by what people of the affected groups can do.
func (b *mutantBench) isCaught(t *testing.T, m mutant) bool {
	t.Helper()
	if m.actFault != "" {
		return true
	}
	b.requireNoDifference(t, m.groups)
	w := b.NewWalls(t, nil)
	defer w.End()
	for _, statement := range m.statements {
		if err := w.Run(statement); err != nil && m.foundAtStart {
			return true
		} else if err != nil {
			t.Fatalf("%s: %s: %v", m.name, statement, err)
		}
	}
	return slices.ContainsFunc(m.groups, func(g rights.Group) bool {
		return slices.ContainsFunc(sampleSeeds, func(look uint64) bool { return len(b.Compare(t, w, g, look).Differences) > 0 })
	})
}

// requireNoDifference: without a mutant a group shows no difference, else finding one with it would say nothing.
func (b *mutantBench) requireNoDifference(t *testing.T, groups []rights.Group) {
	t.Helper()
	for _, g := range groups {
		if b.soundGroups[g] {
			continue
		}
		for _, look := range sampleSeeds {
			w := b.NewWalls(t, nil)
			c := b.Compare(t, w, g, look)
			w.End()
			if len(c.Differences) > 0 {
				t.Fatalf("%v, without a mutant: %s", g, c.Differences[0])
			}
		}
		b.soundGroups[g] = true
	}
}

// TestEveryPolicyMutantIsCaught breaks one thing at a time.
func TestEveryPolicyMutantIsCaught(t *testing.T) {
	b := newMutantBench(t)
	t.Run("row policies", b.tryRowPolicies)
	t.Run("policy lines", b.tryPolicyLines)
	t.Run("scopes", b.tryScopes)
}

// mutantMaker makes a mutant; none if the mistake changes nothing, or is refused before it has an effect.
type mutantMaker func() (mutant, bool)

// makersOf are makers of mutants that are there.
func makersOf(all []mutant) (makers []mutantMaker) {
	for _, m := range all {
		makers = append(makers, func() (mutant, bool) { return m, true })
	}
	return makers
}

// tryMutants tries mutants, at most the given number, chosen at random, and records how many were made and missed.
func (b *mutantBench) tryMutants(t *testing.T, kind string, makers []mutantMaker, limit int, missed ...string) {
	t.Helper()
	random := prove.Random("mutants " + kind)
	random.Shuffle(len(makers), func(i, j int) { makers[i], makers[j] = makers[j], makers[i] })
	tried, lost := 0, 0
	for _, maker := range makers {
		if tried == limit {
			break
		}
		m, ok := maker()
		if !ok {
			continue
		}
		reason := equivalentMutants[m.name]
		found := b.isCaught(t, m)
		switch {
		case reason != "" && found:
			t.Errorf("found after all, so that it is not true that %s: %s", reason, m.name)
		case reason == "" && !found:
			lost++
			t.Errorf("not found: %s", m.name)
		}
		if reason == "" {
			tried++
		}
	}
	prove.RecordFigure(t, "mutants.made", tried)
	for _, name := range append(missed, "mutants.missed") {
		prove.RecordFigure(t, name, lost)
	}
}

// rowPolicy is one compiled row policy.
type rowPolicy struct {
	rights.Group
	name, guard string
}

func compiledPolicies(t *testing.T) []rowPolicy {
	t.Helper()
	p, err := policy.Load()
	must(t, err)
	return rowPolicies(p.SQL())
}

// rowPolicies are the row policies of compiled SQL, without the owner's.
func rowPolicies(sql string) (all []rowPolicy) {
	for text := range strings.Lines(sql) {
		if l, ok := parseRowPolicy(text); ok {
			all = append(all, l)
		}
	}
	return all
}

func parseRowPolicy(text string) (rowPolicy, bool) {
	var name, table, command, role string
	n, _ := fmt.Sscanf(text, "CREATE POLICY %s ON %s FOR %s TO %s", &name, &table, &command, &role)
	if n < 4 {
		return rowPolicy{}, false
	}
	_, guard, _ := strings.Cut(text, " TO "+role+" ")
	return rowPolicy{
		rights.Group{
			Role: policy.Role(strings.TrimPrefix(role, "dps_")), Command: policy.Command(command),
			Table: strings.TrimPrefix(table, "dps."),
		},
		name, strings.TrimSuffix(strings.TrimSpace(guard), ";"),
	}, true
}

// predicate is the predicate of a policy.
func (l rowPolicy) predicate() string {
	guard, _, _ := strings.Cut(l.guard, ") WITH CHECK (")
	guard = strings.TrimPrefix(strings.TrimPrefix(guard, "USING ("), "WITH CHECK (")
	if l.Command == policy.Update {
		return guard
	}
	return strings.TrimSuffix(guard, ")")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
