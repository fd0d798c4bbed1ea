package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// TestCommandsThatNeedNoDatabase: a command that needs no database does not ask for one.
func TestCommandsThatNeedNoDatabase(t *testing.T) {
	for command, words := range map[string][]string{
		"":     {"demo", "serve", "migrate", "policy", "token", "keys", "audit", "import"},
		"help": {"demo", "serve", "migrate", "policy", "token", "keys", "audit", "import"},
		"serve --help": {
			"--address", "--database-url", "--worker-database-url", "--keys", "--issuer", "--audience", "--jwks-url",
			"--development-key", "--introspection", "--graphiql", "--pool", "--work-per-second", "--bank-holiday", "DPS_BANK_HOLIDAYS",
			"DPS_DATABASE_URL",
		},
		"audit --help":         {"verify"},
		"import --help":        {"gias", "ofsted"},
		"import gias --help":   {"FILE", "--dry-run", "--importer-database-url", "--keys"},
		"import ofsted --help": {"FILE", "--map", "--dry-run", "--importer-database-url", "--keys"},
		"policy":               {"commissioner", "offer.read", "keeper"},
		"policy --sql":         {"CREATE POLICY", "FORCE ROW LEVEL SECURITY"},
		"demo --help":          {"--once", "--folder", "--bank-holiday"},
		"migrate -help":        {"--admin-database-url"},
	} {
		said := runDPS(t, strings.Fields(command)...).requireSuccess(t)
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

// TestWrongArgumentsAreRefused: each is answered with one sentence and exit code 1.
func TestWrongArgumentsAreRefused(t *testing.T) {
	for command, words := range map[string]string{
		"nonsense":          "dps help",
		"audit nonsense":    "dps audit help",
		"serve nonsense":    "only flags",
		"demo nonsense":     "only flags",
		"migrate nonsense":  "only flags",
		"policy nonsense":   "only flags",
		"token nonsense":    "only flags",
		"keys nonsense":     "dps keys help",
		"audit verify x":    "only flags",
		"--nonsense":        "dps --help",
		"serve --nonsense":  "dps serve --help",
		"serve --pool many": "--help",
		"serve":             "--keys",
		"migrate":           "DPS_ADMIN_DATABASE_URL",
		"audit verify":      "DPS_LOG_DATABASE_URL",
		"keys":              "--out",
		"token":             "--organisation",
	} {
		t.Run(command, func(t *testing.T) { runDPS(t, strings.Fields(command)...).requireRefused(t, words) })
	}
}

// TestKeysDoesNotReplaceAFile: an existing key file does not change, byte for byte.
func TestKeysDoesNotReplaceAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if said := runDPS(t, "keys", "--out", path).requireSuccess(t); strings.Contains(said.out, `"`) {
		t.Errorf("keys are told: %s", said.out)
	}
	before, err := os.ReadFile(path)
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is open to others: %s", info.Mode())
	}
	runDPS(t, "keys", "--out", path).requireRefused(t, path, "was not changed")
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the keys have changed (%v)", err)
	}
	runDPS(t, "keys", "--out", filepath.Join(path, "below", "a", "file")).requireRefused(t)
}

// TestServeRefusesKeysOpenToOthers, and those that are damaged.
func TestServeRefusesKeysOpenToOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	runDPS(t, "keys", "--out", path).requireSuccess(t)
	must(t, os.Chmod(path, 0o644))
	runDPS(t, "serve", "--keys", path).requireRefused(t, "chmod 600")
	must(t, os.Chmod(path, 0o600))
	must(t, os.WriteFile(path, []byte(`{"keeper": "synthetic"}`), 0o600))
	runDPS(t, "serve", "--keys", path).requireRefused(t, "damaged")
	runDPS(t, "serve", "--keys", path+".missing").requireRefused(t, "no such file")
}

func tokenArguments(key string, more ...string) []string {
	return append([]string{
		"token", "--development-key", key, "--organisation", uuid.NewString(), "--person", "synthetic.person", "--capacity",
		"commissioner",
	}, more...)
}

// TestTokenWithADevelopmentKey: a token is signed with a key that is made once and then kept, and never if a real
// issuer is configured.
func TestTokenWithADevelopmentKey(t *testing.T) {
	key := filepath.Join(t.TempDir(), "development-key.pem")
	runDPS(t, tokenArguments(key, "--jwks-url", "https://issuer.example/keys")...).requireRefused(t, "real issuer")
	if _, err := os.Stat(key); err == nil {
		t.Error("a development key was made all the same")
	}
	token := strings.TrimSpace(runDPS(t, tokenArguments(key)...).requireSuccess(t).out)
	if strings.Count(token, ".") != 2 {
		t.Errorf("not a token: %s", token)
	}
	made, err := os.ReadFile(key)
	must(t, err)
	info, err := os.Stat(key)
	must(t, err)
	runDPS(t, tokenArguments(key)...).requireSuccess(t)
	if kept, err := os.ReadFile(key); err != nil || string(kept) != string(made) || info.Mode().Perm() != 0o600 {
		t.Errorf("the development key was replaced, or is open to others: %v, %s", err, info.Mode())
	}
	runDPS(t, tokenArguments(key, "--capacity", "keeper")...).requireRefused(t, "not a capacity")
	runDPS(t, "token", "--development-key", key, "--organisation", uuid.NewString(), "--person", "synthetic.person").requireRefused(t,
		"--capacity")
	runDPS(t, "token", "--development-key", key, "--organisation", "Kent", "--person", "synthetic.person").requireRefused(t, "UUID")
	must(t, os.WriteFile(key, []byte("synthetic"), 0o600))
	runDPS(t, tokenArguments(key)...).requireRefused(t, "not contain a development key")
}
