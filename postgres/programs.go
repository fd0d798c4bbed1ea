package postgres

import (
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// usualProgramFolders are where packages put initdb and postgres when they leave them off the PATH.
var usualProgramFolders = []string{
	"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
	"/usr/lib/postgresql*/bin",                           // SUSE
	"/usr/pgsql-*/bin",                                   // PostgreSQL's own packages for Red Hat and Fedora
	"/usr/libexec/postgresql*",                           // Alpine
	"/opt/homebrew/opt/postgresql*/bin",                  // Homebrew
	"/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
	"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
	"/usr/local/pgsql/bin",                               // built from source
}

var errNoPrograms = errors.New(
	"PostgreSQL was not found on the PATH or in the usual places: install the package postgresql (Debian, Ubuntu, Homebrew) or " +
		"postgresql-server (Fedora, Red Hat)")

// findPrograms gives the folder that holds both initdb and postgres: the one on the PATH, or else the newest of places
// (patterns as of filepath.Glob).
func findPrograms(places []string) (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		// A link on the PATH can be alone; PostgreSQL looks for its other files next to the real one.
		if initdb, err = filepath.EvalSymlinks(initdb); err == nil && holdsPrograms(filepath.Dir(initdb)) {
			return filepath.Dir(initdb), nil
		}
	}
	var found []string
	for _, pattern := range places {
		folders, err := filepath.Glob(pattern)
		if err != nil {
			return "", fmt.Errorf("the pattern %q: %w", pattern, err)
		}
		found = append(found, folders...)
	}
	found = slices.DeleteFunc(found, func(folder string) bool { return !holdsPrograms(folder) })
	if len(found) == 0 {
		return "", errNoPrograms
	}
	return slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(firstNumber(a), firstNumber(b)) }), nil
}

func holdsPrograms(folder string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, name)); err != nil {
			return false
		}
	}
	return true
}

var digits = regexp.MustCompile(`\d+`)

// firstNumber is the first whole number in text, 0 if there is none: the major version in the path of a package
// ("/usr/lib/postgresql/15/bin") and in what the program says of itself ("postgres (PostgreSQL) 15.18 (Debian)").
func firstNumber(text string) int {
	n, err := strconv.Atoi(digits.FindString(text))
	if err != nil {
		return 0
	}
	return n
}
