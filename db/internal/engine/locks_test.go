package engine

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	lockInGo  = regexp.MustCompile(`(?i)advisory|lock_need|for\s+(no\s+key\s+)?(update|share|key\s+share)\b|lock\s+table`)
	lockInSQL = regexp.MustCompile(`(?i)(?:advisory\w*\(hashtextextended\(([^;]*), 0\)|(for\s+(?:no\s+key\s+)?(?:update|share))\s*;)`)
)

// TestLocksAreTakenByTheList: a lock that a statement in Go takes is a line of locks.go.
func TestLocksAreTakenByTheList(t *testing.T) {
	listed := false
	for path, text := range programSources(t) {
		found := lockInGo.FindAllString(codeOf(text), -1)
		switch {
		case strings.HasSuffix(path, "/engine/locks.go"):
			listed = len(found) > 10
		case strings.HasSuffix(path, "/migrate_roles.go"):
			found = slices.DeleteFunc(found, func(s string) bool { return s == "lock_need" }) // its grant
			fallthrough
		default:
			if len(found) > 0 {
				t.Errorf("%s takes a lock, %q, without the list in locks.go", path, found)
			}
		}
	}
	if !listed {
		t.Error("locks.go takes no locks: this test compares nothing")
	}
}

// codeOf is a file without its comments.
func codeOf(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if at := strings.Index(line, "// "); at >= 0 && !strings.Contains(line[:at], `"`) {
			lines[i] = line[:at]
		}
	}
	return strings.Join(lines, "\n")
}

// locksOfDatabase are those that functions and triggers take, by what they lock, as the comment of locks.go has them.
var locksOfDatabase = []string{
	"00001_foundation.sql concat_ws('|', 'key', organisation, who, what, with_key)", // recall(): the key of a request, first of all
	"00002_market.sql FOR SHARE",                           // the lot of a criterion that is written
	"00003_need.sql 'need:' || need",                       // lock_need(), as it was before joint calls
	"00005_placement.sql 'setting:' || NEW.setting_id",     // the setting of an award that is accepted: its places are counted
	"00017_place.sql FOR NO KEY UPDATE",                    // the providers of vacancies that are counted, in the order of their ids
	"00033_joint.sql 'need:' || need",                      // lock_need(), taken back
	"00033_joint.sql key",                                  // lock_need(): the joint call, then the need
	"00065_placement_end.sql 'setting:' || NEW.setting_id", // the setting of a placement that takes more days: its places are counted
	"00066_grounds.sql 'members:' || NEW.lot_id",           // the members of a lot, when one becomes active: it is invited to open calls
	"00077_undo.sql 'setting:' || NEW.id",                  // a setting that another provider runs from now on: no place is taken meanwhile
	"00077_undo.sql 'setting:' || NEW.setting_id",          // the setting of a place that is reserved: who runs it does not change meanwhile
	"00096_keys_and_log.sql 'dps keys'",                    // missing_keys(): the keys of the market, when a program starts
}

func TestLocksOfTheDatabaseAreListed(t *testing.T) {
	files, err := filepath.Glob("../../migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d migrations: %v", len(files), err)
	}
	var found []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, lock := range lockInSQL.FindAllStringSubmatch(string(text), -1) {
			found = append(found, filepath.Base(file)+" "+lock[1]+lock[2])
		}
	}
	slices.Sort(found)
	if found = slices.Compact(found); !slices.Equal(found, locksOfDatabase) {
		t.Errorf("the database takes these locks:\n%s\nlisted are:\n%s", strings.Join(found, "\n"), strings.Join(locksOfDatabase, "\n"))
	}
}
