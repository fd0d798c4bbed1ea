package postgres

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// installFakePrograms makes folders that look as if they held the named programs, below a new working folder.
func installFakePrograms(t *testing.T, folders []string, programs ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, folder := range folders {
		must(t, os.MkdirAll(folder, 0o755))
		for _, program := range programs {
			must(t, os.WriteFile(filepath.Join(folder, program), nil, 0o755))
		}
	}
}

func TestFindProgramsNamesMissingOnes(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	installFakePrograms(t, []string{"client-only-99"}, "initdb")
	for _, places := range [][]string{nil, {"client-only-*"}} {
		if _, err := findPrograms(places); !errors.Is(err, errNoPrograms) {
			t.Errorf("%v: %v", places, err)
		}
	}
}

func TestFindProgramsTakesTheNewest(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	installFakePrograms(t, []string{"postgresql-9.6", "postgresql-15", "postgresql-8.4", "postgresql"}, "initdb", "postgres")
	if got, err := findPrograms([]string{"postgresql*"}); err != nil || got != "postgresql-15" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestFindProgramsFollowsALink(t *testing.T) {
	installFakePrograms(t, []string{"real", "links"}, "initdb", "postgres")
	bin, err := filepath.Abs("real")
	must(t, err)
	must(t, os.RemoveAll("links"))
	must(t, os.Mkdir("links", 0o755))
	must(t, os.Symlink(filepath.Join(bin, "initdb"), filepath.Join("links", "initdb")))
	links, err := filepath.Abs("links")
	must(t, err)
	t.Setenv("PATH", links)
	if got, err := findPrograms(nil); err != nil || got != bin {
		t.Errorf("%s, %v; want %s", got, err, bin)
	}
}
