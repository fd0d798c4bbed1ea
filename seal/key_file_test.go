package seal_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/southeasttogether/dps/seal"
)

func saveKeyFile(t *testing.T, k *seal.Keyring) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSavedKeysOpenWhatWasSealedBefore(t *testing.T) {
	k := newKeyring(t)
	b := seal.Binding{Version: 1, Part: "PRICE"}
	s, err := k.Seal(b, []byte("offer"))
	if err != nil {
		t.Fatal(err)
	}
	cursor, _ := k.SealCursor("list", []byte("place"))
	words, _ := k.Protect("words", []byte("a synthetic family's words"))
	head := k.Sign([]byte("head"))

	loaded, err := seal.Load(saveKeyFile(t, k))
	if err != nil {
		t.Fatal(err)
	}
	_, asKeeper := loaded.OpenAsKeeper(b, s)
	_, asProvider := loaded.OpenAsProvider(b, s)
	_, place := loaded.OpenCursor("list", cursor)
	_, revealed := loaded.Reveal("words", words)
	if err := errors.Join(asKeeper, asProvider, place, revealed); err != nil {
		t.Error(err)
	}
	if !loaded.Verify([]byte("head"), head) {
		t.Error("the signature is not known again")
	}
}

func TestKeyFileWithoutKeeperCannotOpen(t *testing.T) {
	k := newKeyring(t)
	loaded, err := seal.Load(saveKeyFile(t, k.WithoutKeeper()))
	if err != nil {
		t.Fatal(err)
	}
	b := seal.Binding{Version: 1, Part: "PRICE"}
	s, err := loaded.Seal(b, []byte("offer"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loaded.OpenAsKeeper(b, s); !errors.Is(err, seal.ErrNoKeeper) {
		t.Errorf("as keeper: %v", err)
	}
	if _, err := k.OpenAsKeeper(b, s); err != nil {
		t.Errorf("the keeper cannot open what was sealed for it: %v", err)
	}
}

func TestKeyFileIsClosedToOtherUsers(t *testing.T) {
	path := saveKeyFile(t, newKeyring(t))
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o620, 0o601} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestSaveDoesNotReplaceAKeyFile(t *testing.T) {
	first := newKeyring(t)
	path := saveKeyFile(t, first)
	if err := newKeyring(t).Save(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second save: %v", err)
	}
	loaded, err := seal.Load(path)
	if err != nil || !loaded.PublicKey().Equal(first.PublicKey()) {
		t.Errorf("the first keys are gone: %v", err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestLoadRefusesADamagedKeyFile(t *testing.T) {
	path := saveKeyFile(t, newKeyring(t))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(whole)
	for name, damaged := range map[string]string{
		"empty":                   "",
		"cut short":               text[:len(text)/2],
		"unknown field":           strings.Replace(text, `"cursor"`, `"kursor"`, 1),
		"no keeper at all":        strings.Replace(text, `"keeper"`, `"keeper_"`, 1),
		"short signing":           strings.Replace(text, `"signing": "`, `"signing": "AAAA", "x": "`, 1),
		"keys in place of others": strings.NewReplacer(`"keeper"`, `"provider"`, `"provider"`, `"keeper"`).Replace(text),
		"empty keyset":            `{"keeper":{},"provider":{},"cursor":{},"personal":{},"signing":"` + strings.Repeat("A", 43) + `="}`,
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := seal.Load(path)
			if err == nil || strings.Contains(err.Error(), "value") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLoadWithoutAKeyFile(t *testing.T) {
	if _, err := seal.Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := seal.Load(t.TempDir()); err == nil {
		t.Error("a folder was read as keys")
	}
}

func TestLoadOrGenerateMakesOneKeyring(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	keys := make([]*seal.Keyring, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			var err error
			if keys[i], err = seal.LoadOrGenerate(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	for _, k := range keys {
		if !k.PublicKey().Equal(keys[0].PublicKey()) {
			t.Fatal("two starts use different keys")
		}
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	k := newKeyring(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		for _, keys := range []any{k, *k} {
			if got := fmt.Sprintf(verb, keys); got != "seal.Keyring" {
				t.Errorf("%s prints %.60s", verb, got)
			}
		}
	}
}
