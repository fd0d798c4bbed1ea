package seal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// keyFile is the key file: Tink keysets as JSON, and the seed of the signing key. A file without the keeper contains
// only its public half.
type keyFile struct {
	Keeper       json.RawMessage `json:"keeper,omitempty"`
	KeeperPublic json.RawMessage `json:"keeperPublic,omitempty"`
	Provider     json.RawMessage `json:"provider"`
	Cursor       json.RawMessage `json:"cursor"`
	Personal     json.RawMessage `json:"personal"`
	Request      json.RawMessage `json:"request"`
	Signing      []byte          `json:"signing"`
	SignedBefore [][]byte        `json:"signedBefore,omitempty"` // public halves of the keys that signed before, the last one first
}

const maxKeyFileSize = 1 << 20

// Load reads a key file. It refuses one that anybody except its owner can read or change. A missing file is
// fs.ErrNotExist.
func Load(path string) (*Keyring, error) {
	raw, err := readPrivateFile(path)
	if err != nil {
		return nil, err
	}
	k, err := parseKeyFile(raw)
	if err != nil {
		return nil, fmt.Errorf("the key file %s cannot be used: %w", path, err)
	}
	return k, nil
}

// readPrivateFile reads the mode of the open file and not of the path, so that the file cannot be exchanged in between.
func readPrivateFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the key file cannot be read: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("the key file cannot be read: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("the key file %s is not a regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf(
			"other users can read the key file %s: run `chmod 600 %s`, and make new keys if others could have read it", path,
			path)
	}
	return io.ReadAll(io.LimitReader(f, maxKeyFileSize))
}

func parseKeyFile(raw []byte) (*Keyring, error) {
	var f keyFile
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	// The decoder's own message could quote the file.
	if decoder.Decode(&f) != nil || len(f.Signing) != ed25519.SeedSize || (f.Keeper == nil) == (f.KeeperPublic == nil) {
		return nil, errors.New("it is damaged or incomplete")
	}
	h, err := f.readKeysets()
	if err != nil {
		return nil, err
	}
	before := make([]ed25519.PublicKey, len(f.SignedBefore))
	for i, public := range f.SignedBefore {
		if len(public) != ed25519.PublicKeySize {
			return nil, errors.New("it is damaged or incomplete")
		}
		before[i] = public
	}
	return newKeyring(h, ed25519.NewKeyFromSeed(f.Signing), before...)
}

func (f keyFile) readKeysets() (keysetHandles, error) {
	var h keysetHandles
	for name, k := range map[string]struct {
		from json.RawMessage
		to   **keyset.Handle
	}{
		"provider": {f.Provider, &h.provider}, "cursor": {f.Cursor, &h.cursor}, "personal": {f.Personal, &h.personal},
		"request": {f.Request, &h.request},
	} {
		var err error
		if *k.to, err = insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(k.from))); err != nil {
			return h, fmt.Errorf("its keyset %q is damaged or missing", name)
		}
	}
	var err error
	if f.Keeper != nil {
		h.keeper, err = insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Keeper)))
	} else {
		h.keeperPublic, err = keyset.ReadWithNoSecrets(keyset.NewJSONReader(bytes.NewReader(f.KeeperPublic)))
	}
	if err != nil {
		return h, errors.New("its keyset for the keeper is damaged")
	}
	return h, nil
}

// Save writes the key file so that only its owner can read it. It never replaces one, because offers cannot be read
// without their keys: it returns fs.ErrExist.
func (k *Keyring) Save(path string) error {
	raw, err := k.marshalKeyFile()
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	if err := writeNewFile(path, raw); err != nil {
		return fmt.Errorf("the key file cannot be written: %w", err)
	}
	return nil
}

// writeNewFile writes a complete file or nothing. It uses a link, because a rename would replace an existing file.
func writeNewFile(path string, raw []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the file's name survive a loss of power too.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (k *Keyring) marshalKeyFile() ([]byte, error) {
	f := keyFile{Signing: k.signing.Seed()}
	for _, public := range k.signedBefore {
		f.SignedBefore = append(f.SignedBefore, public)
	}
	var errs [5]error
	if k.handles.keeper != nil {
		f.Keeper, errs[0] = cleartextJSON(k.handles.keeper)
	} else {
		var b bytes.Buffer
		errs[0] = k.handles.keeperPublic.WriteWithNoSecrets(keyset.NewJSONWriter(&b))
		f.KeeperPublic = b.Bytes()
	}
	f.Provider, errs[1] = cleartextJSON(k.handles.provider)
	f.Cursor, errs[2] = cleartextJSON(k.handles.cursor)
	f.Personal, errs[3] = cleartextJSON(k.handles.personal)
	f.Request, errs[4] = cleartextJSON(k.handles.request)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	return json.MarshalIndent(f, "", "  ")
}

func cleartextJSON(h *keyset.Handle) (json.RawMessage, error) {
	var b bytes.Buffer
	err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b))
	return b.Bytes(), err
}

// LoadOrGenerate reads the key file or, if there is none, makes it. If two processes make it at the same time, one does
// and both use that one.
func LoadOrGenerate(path string) (*Keyring, error) {
	k, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if k, err = Generate(); err != nil {
		return nil, err
	}
	if err = k.Save(path); errors.Is(err, fs.ErrExist) {
		return Load(path)
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}
