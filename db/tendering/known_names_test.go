package tendering_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/policy"
)

// actsBeforeAName are acts about needs that lock none, and why no known name can be in what they say.
var actsBeforeAName = map[policy.Act]string{
	"need.create":         "a new need has no identity yet: publishing compares its texts",
	"urgent.broadcast":    "a new need has no identity yet: recording one says which texts have it",
	"award_notice.record": "the reference of a public notice",
	"appointment.end":     "no words",
}

// TestEveryActAboutANeedComparesKnownNames finds an act with which an authority writes about a need, and which does not go through
// LockNeed, where its words are compared with the known names of the child.
func TestEveryActAboutANeedComparesKnownNames(t *testing.T) {
	rights, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	calls, acts := map[string][]string{}, map[policy.Act]string{}
	for _, area := range []string{"tendering", "evaluation", "placement", "award"} {
		files, err := filepath.Glob(filepath.Join("..", area, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			readCalls(t, rights, file, calls, acts)
		}
	}
	if len(acts) < 30 {
		t.Fatalf("only %d acts found", len(acts))
	}
	for act, by := range acts {
		_, excepted := tendering.ActsWithNames[act]
		_, before := actsBeforeAName[act]
		if !excepted && !before && !locksNeed(calls, by) {
			t.Errorf("%s (%s) does not lock its need, so that its words are not compared with known names: see requireNameless", act, by)
		}
	}
	for act := range tendering.ActsWithNames {
		if acts[act] == "" {
			t.Errorf("%s is excepted, and there is no such act", act)
		}
	}
}

// readCalls adds what each function of a file calls, and the acts for which an authority has a change there.
func readCalls(t *testing.T, rights *policy.Policy, file string, calls map[string][]string, acts map[policy.Act]string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				calls[f.Name.Name] = append(calls[f.Name.Name], n.Name)
			case *ast.KeyValueExpr:
				if act, ok := actOf(n); ok && ofAnAuthority(rights, act) {
					acts[act] = f.Name.Name
				}
			}
			return true
		})
	}
}

func actOf(kv *ast.KeyValueExpr) (policy.Act, bool) {
	key, ok := kv.Key.(*ast.Ident)
	value, isText := kv.Value.(*ast.BasicLit)
	if !ok || !isText || key.Name != "Act" {
		return "", false
	}
	act, err := strconv.Unquote(value.Value)
	return policy.Act(act), err == nil
}

// ofAnAuthority says whether an act is one of an authority's people: not of a provider, a family or the market's own hands alone.
func ofAnAuthority(rights *policy.Policy, act policy.Act) bool {
	for _, role := range []policy.Role{
		policy.Commissioner, policy.Approver, policy.OpeningOfficer, policy.Evaluator, policy.Moderator, policy.ConsortiumOfficer,
	} {
		if rights.Can(role, act) {
			return true
		}
	}
	return false
}

// locksNeed says whether a function comes to LockNeed, or every function that calls it does, because they give it what it runs.
func locksNeed(calls map[string][]string, name string) bool {
	if callsFunction(calls, name, "LockNeed", map[string]bool{}) {
		return true
	}
	callers := 0
	for caller, called := range calls {
		if caller == name || !slices.Contains(called, name) {
			continue
		}
		callers++
		if !callsFunction(calls, caller, "LockNeed", map[string]bool{}) {
			return false
		}
	}
	return callers > 0
}

func callsFunction(calls map[string][]string, from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	seen[from] = true
	for _, next := range calls[from] {
		if !seen[next] && (next == to || calls[next] != nil) && callsFunction(calls, next, to, seen) {
			return true
		}
	}
	return false
}
