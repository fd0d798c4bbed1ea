package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/registers"
	"github.com/southeasttogether/dps/seal"
)

const (
	flagImporterDatabase = "importer-database-url"
	flagDryRun           = "dry-run"
	flagMap              = "map"
	flagLinks            = "links"
	flagStopAbove        = "stop-above"
	flagGoOn             = "go-on"
)

func importCommand() *cli.Command {
	flags := func(more ...cli.Flag) []cli.Flag {
		return append(more,
			boolFlag(flagDryRun, false, "read the file and report, without using a database"),
			numberFlag(flagStopAbove, registers.DefaultStopAbove,
				"stop, and write nothing, if more than this percentage would be rejected, skipped, closed or missing"),
			boolFlag(flagGoOn, false, "write even so"),
			textFlag(flagImporterDatabase, "", "address of the database with the login dps_importer"),
			textFlag(flagKeys, "", "the key file, made by dps keys; it protects addresses"))
	}
	return &cli.Command{
		Name:   "import",
		Usage:  "import a national directory of settings; you can run it again at any time",
		Action: helpOrUnknown,
		Commands: []*cli.Command{
			{
				Name:      "gias",
				Usage:     "schools, from an extract of Get Information About Schools",
				ArgsUsage: "FILE",
				Flags: flags(textFlag(flagLinks, "",
					"GIAS's file of links, which shows that a school with a new URN is the same setting")),
				Action: func(ctx context.Context, c *cli.Command) error {
					links, err := readLinks(c)
					if err != nil {
						return err
					}
					return importFile(ctx, c, func(file io.Reader) (*registers.File, error) {
						read, err := registers.OpenGIAS(file, market.LondonDate(time.Now()))
						if err == nil {
							read.UseLinks(links)
						}
						return read, err
					})
				},
			},
			{
				Name:      "ofsted",
				Usage:     "children's homes, from Ofsted's list of social care",
				ArgsUsage: "FILE",
				Flags:     flags(textFlag(flagMap, "", "JSON file that names the column for each value")),
				Action: func(ctx context.Context, c *cli.Command) error {
					m, err := readMap(c)
					if err != nil {
						return err
					}
					return importFile(ctx, c, func(file io.Reader) (*registers.File, error) {
						return registers.OpenOfsted(file, m, market.LondonDate(time.Now()))
					})
				},
			},
		},
	}
}

// readLinks reads the file of links, if one is named.
func readLinks(c *cli.Command) (registers.Links, error) {
	path := c.String(flagLinks)
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the links cannot be read: %w", err)
	}
	defer file.Close()
	links, err := registers.ReadGIASLinks(file)
	if err != nil {
		return nil, refusedFile(path, err)
	}
	fmt.Fprintf(c.Root().Writer, "%s: %d schools whose URN has changed\n", filepath.Base(path), len(links))
	return links, nil
}

func readMap(c *cli.Command) (registers.ColumnMap, error) {
	path, err := requiredFlag(c, flagMap, "the columns of Ofsted's lists differ; docs/importing.md has an example")
	if err != nil {
		return registers.ColumnMap{}, err
	}
	file, err := os.Open(path)
	if err != nil {
		return registers.ColumnMap{}, fmt.Errorf("the map cannot be read: %w", err)
	}
	defer file.Close()
	return registers.ReadColumnMap(file)
}

// importFile reads a directory and reports what became of each of its lines.
func importFile(ctx context.Context, c *cli.Command, open func(io.Reader) (*registers.File, error)) error {
	if c.Args().Len() != 1 {
		return fmt.Errorf("enter the name of one file to read; `%s --help` shows how", c.FullName())
	}
	path := c.Args().First()
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the file cannot be read: %w", err)
	}
	defer file.Close()
	out := c.Root().Writer
	read, err := open(file)
	if err != nil {
		return refusedFile(path, err)
	}
	read.OnReject = func(line int, cause string) { fmt.Fprintf(out, "  line %d rejected: %s\n", line, cause) }
	read.OnNote = func(line int, note string) { fmt.Fprintf(out, "  line %d: %s\n", line, note) }
	if !c.Bool(flagGoOn) {
		read.StopAbove = c.Int(flagStopAbove)
	}
	if c.Bool(flagDryRun) {
		if err := read.Read(); err != nil {
			return stoppedImport(out, path, read, err)
		}
		reportRead(out, path, read)
		fmt.Fprintln(out, "Nothing was written: this was a dry run.")
		return nil
	}
	return importInto(ctx, c, path, read)
}

// refusedFile says that a broken file changed nothing.
func refusedFile(path string, err error) error {
	var broken *registers.BrokenFileError
	if errors.As(err, &broken) {
		return fmt.Errorf("%s: %w; nothing was changed", filepath.Base(path), err)
	}
	return err
}

// stoppedImport says that an import changed nothing: because the file is broken, or because too much of it, or of what is known here, would
// be lost. Then it says what the file has.
func stoppedImport(out io.Writer, path string, read *registers.File, err error) error {
	var many *registers.TooManyError
	var lost *directory.LossError
	if !errors.As(err, &many) && !errors.As(err, &lost) {
		return refusedFile(path, err)
	}
	reportRead(out, path, read)
	return fmt.Errorf("%s: %w; nothing was changed: correct the file or the map, or go on with --%s", filepath.Base(path), err, flagGoOn)
}

func importInto(ctx context.Context, c *cli.Command, path string, read *registers.File) error {
	d, err := openImporter(ctx, c)
	if err != nil {
		return err
	}
	defer d.Close()
	done, err := directory.ImportDirectory(ctx, d, read.Directory())
	if err != nil {
		return stoppedImport(c.Root().Writer, path, read, err)
	}
	reportRead(c.Root().Writer, path, read)
	reportImported(c.Root().Writer, done)
	return nil
}

func openImporter(ctx context.Context, c *cli.Command) (*db.DB, error) {
	path, err := requiredFlag(c, flagKeys, "the keys in it protect addresses; `dps keys --out FILE` makes one")
	if err != nil {
		return nil, err
	}
	keys, err := seal.Load(path)
	if err != nil {
		return nil, err
	}
	p, err := policy.Load()
	if err != nil {
		return nil, err
	}
	url, err := databaseURL(c, flagImporterDatabase)
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, db.Config{URL: url, Policy: p, Keyring: keys.WithoutKeeper(), Pool: 1})
	return d, explainUnreachable(flagImporterDatabase, err)
}

// reportRead reports what the file contains, without any of its values.
func reportRead(out io.Writer, path string, read *registers.File) {
	fmt.Fprintf(out,
		"%s: %d lines, with %d open settings and %d closed settings\n", filepath.Base(path), read.Rows, read.Open, read.Closed)
	for _, reason := range slices.Sorted(maps.Keys(read.Skipped)) {
		fmt.Fprintf(out, "%9d skipped: %s\n", read.Skipped[reason], reason)
	}
	fmt.Fprintf(out, "%9d rejected\n", read.Rejected)
	if read.Noted > 0 {
		fmt.Fprintf(out, "%9d with a value that was not taken (words of registers: version %s)\n", read.Noted, registers.WordsVersion())
	}
}

func reportImported(out io.Writer, done directory.ImportSummary) {
	for _, line := range []struct {
		n    int
		what string
	}{
		{done.New, "imported"},
		{done.Updated, "updated"},
		{done.Renumbered, "of these under a new URN"},
		{done.Closed, "closed"},
		{done.Unchanged, "unchanged"},
		{done.Unknown, "skipped: closed, and not known here"},
		{done.Superseded, "skipped: already here under a newer URN"},
		{done.Older, "skipped: older than what is here"},
		{done.Incomplete, "skipped: new, but without a name, a district or a status"},
		{done.Strangers, "in a district that is not known: no search by district finds them"},
		{done.Missing, "here but not in the file: not changed"},
		{done.Outcodes, "outcodes placed"},
	} {
		fmt.Fprintf(out, "%9d %s\n", line.n, line.what)
	}
}
