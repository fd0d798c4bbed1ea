package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// TestWithoutADatabase: what needs none asks for none.
func TestWithoutADatabase(t *testing.T) {
	for command, words := range map[string][]string{
		"":                     {"demo", "serve", "migrate", "policy", "token", "keys", "audit", "import"},
		"help":                 {"demo", "serve", "migrate", "policy", "token", "keys", "audit", "import"},
		"serve --help":         {"--address", "--database-url", "--worker-database-url", "--keys", "--issuer", "--audience", "--jwks-url", "--development-key", "--introspection", "--graphiql", "--pool", "--work-per-second", "DPS_DATABASE_URL"},
		"audit --help":         {"verify"},
		"import --help":        {"gias", "ofsted"},
		"import gias --help":   {"FILE", "--dry-run", "--importer-database-url", "--keys"},
		"import ofsted --help": {"FILE", "--map", "--dry-run", "--importer-database-url", "--keys"},
		"policy":               {"commissioner", "offer.read", "keeper"},
		"policy --sql":         {"CREATE POLICY", "FORCE ROW LEVEL SECURITY"},
		"demo --help":          {"--once", "--folder"},
		"migrate -help":        {"--admin-database-url"},
	} {
		said := dps(t, strings.Fields(command)...).done(t)
		for _, word := range words {
			if !strings.Contains(said.out, word) {
				t.Errorf("dps %s does not say %q:\n%s", command, word, said.out)
			}
		}
		if said.err != "" {
			t.Errorf("dps %s complains: %s", command, said.err)
		}
	}
}

// TestWrongWords: each is answered with one sentence and exit code 1.
func TestWrongWords(t *testing.T) {
	for command, words := range map[string]string{
		"nonsense":          "dps help",
		"audit nonsense":    "dps audit help",
		"serve nonsense":    "flags only",
		"demo nonsense":     "flags only",
		"migrate nonsense":  "flags only",
		"policy nonsense":   "flags only",
		"token nonsense":    "flags only",
		"keys nonsense":     "flags only",
		"audit verify x":    "flags only",
		"--nonsense":        "dps --help",
		"serve --nonsense":  "dps serve --help",
		"serve --pool many": "--help",
		"serve":             "--keys",
		"migrate":           "DPS_ADMIN_DATABASE_URL",
		"audit verify":      "DPS_ADMIN_DATABASE_URL",
		"keys":              "--out",
		"token":             "--organisation",
	} {
		t.Run(command, func(t *testing.T) { dps(t, strings.Fields(command)...).refused(t, words) })
	}
}

// TestKeysAreNeverReplaced: a key file that is there stays as it is, byte for byte.
func TestKeysAreNeverReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if said := dps(t, "keys", "--out", path).done(t); strings.Contains(said.out, `"`) {
		t.Errorf("keys are told: %s", said.out)
	}
	before, err := os.ReadFile(path)
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is open to others: %s", info.Mode())
	}
	dps(t, "keys", "--out", path).refused(t, path, "stays as it is")
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the keys have changed (%v)", err)
	}
	dps(t, "keys", "--out", filepath.Join(path, "below", "a", "file")).refused(t)
}

// TestKeysOpenToOthersAreRefused, and those that are damaged.
func TestKeysOpenToOthersAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	dps(t, "keys", "--out", path).done(t)
	must(t, os.Chmod(path, 0o644))
	dps(t, "serve", "--keys", path).refused(t, "chmod 600")
	must(t, os.Chmod(path, 0o600))
	must(t, os.WriteFile(path, []byte(`{"keeper": "synthetic"}`), 0o600))
	dps(t, "serve", "--keys", path).refused(t, "damaged")
	dps(t, "serve", "--keys", path+".missing").refused(t, "no such file")
}

func tokenArguments(key string, more ...string) []string {
	return append([]string{"token", "--development-key", key, "--organisation", uuid.NewString(), "--person", "synthetic.person", "--capacity", "commissioner"}, more...)
}

// TestDevelopmentTokens: signed with a key that is made once and then kept; never where a real issuer is configured.
func TestDevelopmentTokens(t *testing.T) {
	key := filepath.Join(t.TempDir(), "development-key.pem")
	dps(t, tokenArguments(key, "--jwks-url", "https://issuer.example/keys")...).refused(t, "real issuer")
	if _, err := os.Stat(key); err == nil {
		t.Error("a development key was made all the same")
	}
	token := strings.TrimSpace(dps(t, tokenArguments(key)...).done(t).out)
	if strings.Count(token, ".") != 2 {
		t.Errorf("not a token: %s", token)
	}
	made, err := os.ReadFile(key)
	must(t, err)
	info, err := os.Stat(key)
	must(t, err)
	dps(t, tokenArguments(key)...).done(t)
	if kept, err := os.ReadFile(key); err != nil || string(kept) != string(made) || info.Mode().Perm() != 0o600 {
		t.Errorf("the development key was replaced, or is open to others: %v, %s", err, info.Mode())
	}
	dps(t, tokenArguments(key, "--capacity", "keeper")...).refused(t, "no capacity")
	dps(t, "token", "--development-key", key, "--organisation", uuid.NewString(), "--person", "synthetic.person").refused(t, "--capacity")
	dps(t, "token", "--development-key", key, "--organisation", "Kent", "--person", "synthetic.person").refused(t, "UUID")
	must(t, os.WriteFile(key, []byte("synthetic"), 0o600))
	dps(t, tokenArguments(key)...).refused(t, "no development key")
}
