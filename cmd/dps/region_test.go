package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
)

// exampleRegion is the example of the documents.
func exampleRegion(t testing.TB) string {
	t.Helper()
	written, err := os.ReadFile("../../docs/region.yaml")
	must(t, err)
	return string(written)
}

func countRows(t testing.TB, d *dbtest.Database, from string) (n int) {
	t.Helper()
	must(t, d.Admin.QueryRow("SELECT count(*) FROM dps."+from).Scan(&n))
	return n
}

// applyArguments are the arguments to apply a region that is written so.
func applyArguments(t testing.TB, d *dbtest.Database, written string, more ...string) []string {
	t.Helper()
	return append([]string{
		"region", "apply", "--admin-database-url", loginURL(t, "postgres", d.Name), "--by", "synthetic.operator",
		writeFile(t, "region.yaml", written),
	}, more...)
}

// TestRegionApplyTwiceChangesNothing: a dry run keeps nothing, the first time founds the region, the second changes nothing.
func TestRegionApplyTwiceChangesNothing(t *testing.T) {
	d, region := dbtest.New(t), exampleRegion(t)
	dry := runDPS(t, applyArguments(t, d, region, "--dry-run")...).requireSuccess(t)
	requireLines(t, dry, "  found Synthetic North", "Nothing was changed: this was a dry run.")
	if countRows(t, d, "organisation") != 0 || countRows(t, d, "event") != 0 {
		t.Fatal("a dry run has founded a region")
	}
	done := runDPS(t, applyArguments(t, d, region)...).requireSuccess(t)
	requireLines(t, done, "  found Synthetic North", "  publish the lot Day places, autism and communication", "10 steps were taken.")
	if countRows(t, d, "event WHERE capacity = 'operator' AND person = 'synthetic.operator'") != 10 ||
		countRows(t, d, "lot WHERE published_at IS NOT NULL") != 1 {
		t.Error("not one event a step, or the lot is not published")
	}
	_, claims, _ := strings.Cut(done.out, "The issuer of tokens")
	if _, foretold, _ := strings.Cut(dry.out, "The issuer of tokens"); claims == "" || claims != foretold {
		t.Errorf("the dry run tells other claims:\n%s", foretold)
	}
	again := runDPS(t, applyArguments(t, d, region)...).requireSuccess(t)
	requireLines(t, again, "The region is already as the file says. Nothing was changed.")
	if countRows(t, d, "event") != 10 {
		t.Error("the second time has changed something")
	}
}

// TestRegionApplyChangesByTheRules: what the rules allow later is done, by its own act.
func TestRegionApplyChangesByTheRules(t *testing.T) {
	d, region := dbtest.New(t), exampleRegion(t)
	runDPS(t, applyArguments(t, d, region)...).requireSuccess(t)
	changed := strings.Replace(region, "    consortium: Synthetic Consortium # a borough\n", "", 1)
	changed = strings.Replace(changed, "\nmarket:", "  - name: O’Synthetic East\n    code: \"994\"\n    reason: It asked to join.\n\nmarket:",
		1)
	changed = strings.Replace(changed, "  lots:\n",
		"    - reference: SYN-MODIFY/2\n      kind: MODIFY\n      words: More time.\n      rules: {TENDER_DAYS: 14}\n  lots:\n", 1)
	said := runDPS(t, applyArguments(t, d, changed)...).requireSuccess(t)
	requireLines(t, said, "  move Synthetic Riverside out of its consortium", "  admit O'Synthetic East", "  publish the notice SYN-MODIFY/2",
		"3 steps were taken.")
	for _, act := range []string{"partnership.move", "partnership.admit"} {
		if countRows(t, d, "event WHERE act = '"+act+"'") != 1 {
			t.Errorf("no event of %s", act)
		}
	}
}

// TestRegionApplyTellsAllProblemsWithTheirLines: nothing is done of a file with problems, and each is told at its line.
func TestRegionApplyTellsAllProblemsWithTheirLines(t *testing.T) {
	d, region := dbtest.New(t), exampleRegion(t)
	refused := func(written string, lines ...string) {
		t.Helper()
		said := runDPS(t, applyArguments(t, d, written)...)
		if said.code != 1 || !strings.Contains(said.err, "nothing was changed") {
			t.Errorf("exit code %d: %s", said.code, said.err)
		}
		for _, line := range lines {
			if !strings.Contains(said.out, line) {
				t.Errorf("it does not say %q:\n%s", line, said.out)
			}
		}
	}
	wrong := strings.NewReplacer("  - name: Synthetic South\n    code:", "  - name: Synthetic South\n    cod:", "established:",
		"founded:").Replace(region)
	refused(wrong, `region.yaml:7: There is no key "cod" here. There are: code, consortium, joins, lead, leaves, name, reason.`,
		`region.yaml:20: There is no key "founded" here. There are: ends, established, feedback_minimum, intention, lots, name, notices, regime.`)
	refused(strings.NewReplacer(`"992"`, `"99"`, "weight: 60", "weight: 61").Replace(region),
		"region.yaml:7: The DfE code must be 3 digits.",
		"region.yaml:38: Weights must add up to 100 (now 101.00)")
	refused(strings.Replace(region, "organisation: \"992\"", "organisation: South", 1),
		`region.yaml:61: No organisation of this file has the code or the name "South".`)
	refused(strings.NewReplacer("[market_manager]", "[commissioner, bids_manager]", "ends: 2034-01-31", "ends: soon").Replace(region),
		`region.yaml:21: Enter a day as YYYY-MM-DD, not "soon".`,
		"region.yaml:59: A bids manager belongs to a provider, which registers itself.")
	refused("organisations: [")
	if countRows(t, d, "organisation") != 0 {
		t.Fatal("a file with problems has founded a region")
	}
	runDPS(t, applyArguments(t, d, region)...).requireSuccess(t)
	before := countRows(t, d, "event")
	refused(strings.NewReplacer("Synthetic South", "Synthetic South County", "regime: PA_DYNAMIC_MARKET", "regime: PA_OPEN_FRAMEWORK",
		"ages: [5, 19]", "ages: [4, 19]", "TENDER_DAYS: 12", "TENDER_DAYS: 13").Replace(region),
		"region.yaml:6: 992 is called Synthetic South in the region. A name cannot be changed here.",
		"region.yaml:15: Synthetic Together is established under PA_DYNAMIC_MARKET. Its regime cannot change.",
		"region.yaml:24: The notice SYN-MODIFY/1 is published and cannot change. Add another below it.",
		"region.yaml:34: The lot Day places, autism and communication differs here in: ages. A lot cannot change. Draft one with another name.")
	refused(strings.Replace(region, "  - name: Synthetic South\n    code: \"992\"\n", "", 1),
		"region.yaml:2: Synthetic South is in the region and not in this file: name it, with its last day if it leaves.")
	if countRows(t, d, "event") != before {
		t.Error("a file with problems has changed something")
	}
}

// TestRevokeEndsACapacityOrAll: from then on older tokens are refused, in the one capacity or in all, and it is on record.
func TestRevokeEndsACapacityOrAll(t *testing.T) {
	d := dbtest.New(t)
	file := strings.Replace(exampleRegion(t), "south.commissioner", "o'neil.commissioner", 1)
	runDPS(t, applyArguments(t, d, file)...).requireSuccess(t)
	revoke := func(more ...string) programResult {
		t.Helper()
		return runDPS(t, append([]string{
			"revoke", "--admin-database-url", loginURL(t, "postgres", d.Name), "--by", "synthetic.operator", "--person", "o'neil.commissioner",
		}, more...)...)
	}
	refusedIn := func(capacity string, epoch int) (kept bool) {
		t.Helper()
		must(t, d.Admin.QueryRow("SELECT dps.is_kept_out($1, 'o''neil.commissioner', '', $2)", "dps_"+capacity, epoch).Scan(&kept))
		return kept
	}
	revoke("--capacity", "commissioner").requireRefused(t, "--reason")
	revoke("--capacity", "emperor", "--reason", "Synthetic").requireRefused(t, "dps policy")
	revoke("--reason", " ").requireRefused(t, "reason")
	revoke("--reason", "Synthetic: left", "--dry-run").requireSuccess(t)
	if refusedIn("commissioner", 0) || countRows(t, d, "event WHERE act = 'access.end'") != 0 {
		t.Error("a dry run has taken access away")
	}
	revoke("--capacity", "commissioner", "--reason", "Synthetic: moved").requireSuccess(t)
	if !refusedIn("commissioner", 0) || refusedIn("commissioner", 1) || refusedIn("approver", 0) {
		t.Error("not that capacity alone has ended")
	}
	if told := runDPS(t, applyArguments(t, d, file)...).requireSuccess(t).out; !regexp.MustCompile(
		`sub o'neil\.commissioner, .* epoch 1\n`).MatchString(told) {
		t.Errorf("the issuer is not told the epoch that tokens need since one capacity ended:\n%s", told)
	}
	said := revoke("--reason", "Synthetic: left").requireSuccess(t)
	if !refusedIn("approver", 1) || refusedIn("approver", 2) || !strings.Contains(said.out, "epoch 2") {
		t.Errorf("not all has ended: %s", said.out)
	}
	if countRows(t, d, "event WHERE act = 'access.end'") != 2 || countRows(t, d, "access_end WHERE reason = 'Synthetic: moved'") != 1 {
		t.Error("it is not on record")
	}
}
