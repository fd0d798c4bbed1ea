package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/seal"
)

const flagOut = "out"

func keysCommand() *cli.Command {
	return &cli.Command{
		Name:  "keys",
		Usage: "make a new key file; keep safe copies of it, because sealed offers and personal data cannot be read without it",
		Flags: []cli.Flag{outFlag()},
		Action: func(_ context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return helpOrUnknown(context.Background(), c)
			}
			keys, err := seal.Generate()
			if err != nil {
				return err
			}
			return saveKeys(c, keys, "%s contains the new keys. Only its owner can read it.\n")
		},
		Commands: []*cli.Command{
			changeKeysCommand("add", "make a key file with further keys, which seal nothing yet: the first step of changing keys",
				(*seal.Keyring).AddKeys, "%s contains further keys. Restart every process with it, then run `dps keys use`.\n"),
			changeKeysCommand("use", "make a key file whose newest keys seal and sign from now on: the second step of changing keys",
				(*seal.Keyring).UseNewest,
				"%s uses its newest keys. Restart every process with it. It still opens what the older ones sealed.\n"),
			changeKeysCommand("divide", "make a key file that can seal offers and not open them, for a process that opens none",
				func(k *seal.Keyring) (*seal.Keyring, error) { return k.WithoutKeeper(), nil },
				"%s can seal offers and not open them.\n"),
			publicKeysCommand(),
		},
	}
}

func outFlag() cli.Flag {
	return textFlag(flagOut, "", "the file to make; an existing file is never replaced")
}

// changeKeysCommand makes a key file of another.
func changeKeysCommand(name, usage string, change func(*seal.Keyring) (*seal.Keyring, error), done string) *cli.Command {
	return &cli.Command{
		Name: name, Usage: usage,
		Flags: []cli.Flag{textFlag(flagKeys, "", "the key file as it is; it is not changed"), outFlag()},
		Action: func(_ context.Context, c *cli.Command) error {
			old, err := loadKeys(c, "the file to make another of")
			if err != nil {
				return err
			}
			made, err := change(old)
			switch {
			case errors.Is(err, seal.ErrNoKeeper):
				return errors.New("this key file cannot open offers: use the market's whole key file")
			case errors.Is(err, seal.ErrNothingAdded):
				return errors.New("this key file has no keys that are not in use yet: run `dps keys add` first")
			case err != nil:
				return err
			}
			return saveKeys(c, made, done)
		},
	}
}

// loadKeys reads the key file of the flag.
func loadKeys(c *cli.Command, why string) (*seal.Keyring, error) {
	if err := flagsOnly(c); err != nil {
		return nil, err
	}
	path, err := requiredFlag(c, flagKeys, why)
	if err != nil {
		return nil, err
	}
	return seal.Load(path)
}

// saveKeys makes the file of the flag, and says so.
func saveKeys(c *cli.Command, keys *seal.Keyring, done string) error {
	path, err := requiredFlag(c, flagOut, "enter the name of the file to make")
	if err != nil {
		return err
	}
	if err := keys.Save(path); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf(
			"%s already exists and was not changed, because offers cannot be read without their keys: choose another name", path)
	} else if err != nil {
		return err
	}
	fmt.Fprintf(c.Root().Writer, done, path)
	return nil
}

func publicKeysCommand() *cli.Command {
	return &cli.Command{
		Name:  "public",
		Usage: "print the public keys that the log is signed with, one a line, for whoever checks the log",
		Flags: []cli.Flag{textFlag(flagKeys, "", "the key file")},
		Action: func(_ context.Context, c *cli.Command) error {
			keys, err := loadKeys(c, "its public keys are printed")
			if err != nil {
				return err
			}
			for _, key := range keys.PublicKeys() {
				fmt.Fprintln(c.Root().Writer, base64.StdEncoding.EncodeToString(key))
			}
			return nil
		},
	}
}

// readPublicKeys reads what `dps keys public` printed.
func readPublicKeys(path string) ([]ed25519.PublicKey, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the public keys cannot be read: %w", err)
	}
	var keys []ed25519.PublicKey
	for line := range strings.Lines(string(raw)) {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("%s, line %d: this is not a public key as `dps keys public` prints it", path, len(keys)+1)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s has no public key in it", path)
	}
	return keys, nil
}
