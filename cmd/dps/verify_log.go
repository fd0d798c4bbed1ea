package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/seal"
)

const (
	flagHeads         = "heads"
	flagPublicKeys    = "public-keys"
	flagUnsealedLimit = "unsealed-limit"
	flagLogDatabase   = "log-database-url"
)

func verifyLogCommand() *cli.Command {
	return &cli.Command{
		Name:  "verify",
		Usage: "recompute every chain of the log, and check the signatures of its heads",
		Flags: []cli.Flag{
			textFlag(flagLogDatabase, "", "address of the database with the login dps_log_reader, or one that owns the database"),
			textFlag(flagPublicKeys, "", "the file with the public keys, as `dps keys public` prints them"),
			textFlag(flagKeys, "", "the key file, if there is no file with the public keys"),
			textFlag(flagHeads, "",
				"a file that the database cannot reach: every head in it must still be in the log, and new heads are added "+
					"to it"),
			&cli.DurationFlag{
				Name: flagUnsealedLimit, Value: 10 * time.Minute, Sources: environmentSource(flagUnsealedLimit),
				Usage: "how long an event may wait to be sealed; 0 for any time",
			},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
				return err
			}
			check := logCheck{heads: c.String(flagHeads), unsealedLimit: c.Duration(flagUnsealedLimit)}
			var err error
			if check.url, err = databaseURL(c, flagLogDatabase); err != nil {
				return err
			}
			if check.keys, err = publicKeysOf(c); err != nil {
				return err
			}
			return explainUnreachable(flagLogDatabase, check.run(ctx, c.Root().Writer))
		},
	}
}

// publicKeysOf are the public keys of the flags: of their own file or, where that is not named, of the key file.
func publicKeysOf(c *cli.Command) ([]ed25519.PublicKey, error) {
	if path := c.String(flagPublicKeys); path != "" {
		return readPublicKeys(path)
	}
	if c.String(flagKeys) == "" {
		_, err := requiredFlag(c, flagPublicKeys, "the keys in it check the signatures; `dps keys public` prints them")
		return nil, err
	}
	keys, err := seal.Load(c.String(flagKeys))
	if err != nil {
		return nil, err
	}
	return keys.PublicKeys(), nil
}

// logCheck is a check of the log.
type logCheck struct {
	url           string
	keys          []ed25519.PublicKey
	heads         string        // a file that the database cannot reach; "" for none
	unsealedLimit time.Duration // 0 for none
}

// run reports what the check of the log found, and fails if it found a fault. If heads names a file, the log must
// still contain the heads in it. The heads of a log without fault are added to the file.
func (l logCheck) run(ctx context.Context, out io.Writer) error {
	heads := l.heads
	kept, err := readKeptHeads(heads)
	if err != nil {
		return err
	}
	found, err := ledger.VerifyLog(ctx, l.url, l.keys, kept...)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The log: %d events in %d chains, %d not sealed yet.\n", found.Events, len(found.Heads), found.Unsealed)
	for _, head := range found.Heads {
		fmt.Fprintf(out, "  head of chain %s: position %d, %x\n", head.Chain, head.Position, head.Hash)
	}
	for _, fault := range found.Faults {
		fmt.Fprintf(out, "  %s\n", fault)
	}
	if found.More > 0 {
		fmt.Fprintf(out, "  and %d more\n", found.More)
	}
	if len(found.Faults) > 0 {
		return errors.New("the log has been changed since it was written: see the places above")
	}
	fmt.Fprintln(out, "Every chain is complete, and every signature is valid.")
	for _, step := range found.StepsBack {
		fmt.Fprintf(out, "  %s\n", step)
	}
	if heads != "" {
		added, err := addNewHeads(heads, kept, found.Heads)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "The log contains the %d heads kept in %s; %d were added.\n", len(kept), heads, added)
	}
	if step := firstNewStep(found.StepsBack, kept); step != nil {
		return fmt.Errorf("%s. Look whether the database was moved to a machine whose clock is wrong, and what was decided since then", step)
	}
	if l.unsealedLimit > 0 && found.UnsealedFor > l.unsealedLimit {
		return fmt.Errorf("%d events are not sealed yet, the oldest for %s: they can still be changed without a trace. "+
			"Look whether a clock worker runs, and whether the database has been restored", found.Unsealed, found.UnsealedFor.Round(time.Second))
	}
	return nil
}

// firstNewStep is the first step back that is not covered by a head that was kept: whoever kept that head has been told. None is nil.
func firstNewStep(steps []ledger.StepBack, kept []ledger.Head) *ledger.StepBack {
	told := map[uuid.UUID]int64{}
	for _, head := range kept {
		told[head.Chain] = max(told[head.Chain], head.Position)
	}
	for _, step := range steps {
		if step.Position > told[step.Chain] {
			return &step
		}
	}
	return nil
}

// readKeptHeads reads the heads that were kept; there are none if the file does not exist yet.
func readKeptHeads(path string) ([]ledger.Head, error) {
	raw, err := os.ReadFile(path)
	switch {
	case path == "", errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("the kept heads cannot be read: %w", err)
	}
	var heads []ledger.Head
	for line := range strings.Lines(string(raw)) {
		text, whole := strings.CutSuffix(line, "\n")
		head, err := ledger.ParseHead(text)
		if err != nil || !whole {
			return nil, fmt.Errorf("%s, line %d: this head is incomplete or damaged", path, len(heads)+1)
		}
		heads = append(heads, head)
	}
	return heads, nil
}

// addNewHeads adds the heads that are not kept yet, in one write, and says how many.
func addNewHeads(path string, kept, found []ledger.Head) (added int, err error) {
	known, lines := map[string]bool{}, ""
	for _, head := range kept {
		known[head.String()] = true
	}
	for _, head := range found {
		if line := head.String(); !known[line] {
			added, lines = added+1, lines+line+"\n"
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("the heads cannot be kept: %w", err)
	}
	_, err = f.WriteString(lines)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return 0, fmt.Errorf("the heads cannot be kept: %w", err)
	}
	return added, nil
}
