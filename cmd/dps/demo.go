package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/db/region"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/demo/years"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres"
	"github.com/southeasttogether/dps/registers"
	"github.com/southeasttogether/dps/seal"
)

const flagFolder, flagOnce, flagRegime, flagYears = "folder", "once", "regime", "years"

func demoCommand() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "tell the story of one need on a private PostgreSQL, then serve it; needs no configuration",
		Flags: []cli.Flag{
			addressFlag(),
			textFlag(flagFolder, "", "where the demonstration keeps its data (by default in the user's data folder)"),
			boolFlag(flagOnce, false, "end after the story"),
			&cli.IntFlag{Name: flagYears, Usage: "number of years of the whole region to run after the story, at most 3; this takes minutes"},
			textFlag(flagRegime, demo.Regimes[0], "legal regime of the region's market: "+strings.Join(demo.Regimes, ", ")),
			bankHolidayFlag(),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
				return err
			}
			if err := setBankHolidays(c); err != nil {
				return err
			}
			d, err := newDemonstration(c)
			if err != nil {
				return err
			}
			return d.runDemonstration(ctx)
		},
	}
}

// demonstration is a service on a private PostgreSQL, with a synthetic region and a development key.
type demonstration struct {
	service
	folder string
	regime string
	once   bool
	years  int
	out    io.Writer
	server *postgres.Server
	tokens map[string]demo.Credential // by the persona's key
}

func newDemonstration(c *cli.Command) (*demonstration, error) {
	d := &demonstration{
		folder: c.String(flagFolder), regime: c.String(flagRegime), once: c.Bool(flagOnce), years: c.Int(flagYears),
		out: c.Root().Writer,
	}
	if d.years < 0 || d.years > 3 { // a market that is set up today runs for four years
		return nil, fmt.Errorf("--%s must be a number from 0 to 3", flagYears)
	}
	if !slices.Contains(demo.Regimes, d.regime) {
		return nil, fmt.Errorf("--%s must be one of %s", flagRegime, strings.Join(demo.Regimes, ", "))
	}
	d.address, d.introspection, d.graphiql = c.String(flagAddress), true, true
	if d.folder != "" {
		return d, nil
	}
	var err error
	name := "demo"
	if d.regime != demo.Regimes[0] { // each region has its own data
		name += "-" + strings.ToLower(d.regime)
	}
	if d.years > 0 {
		name += fmt.Sprintf("-years-%d", d.years)
	}
	d.folder, err = postgres.DefaultDir(name)
	return d, err
}

func (d *demonstration) runDemonstration(ctx context.Context) (err error) {
	if err := d.listenOnAddress(ctx); err != nil {
		return err
	}
	defer d.listener.Close()
	if d.server, err = postgres.Start(ctx, postgres.Options{Dir: filepath.Join(d.folder, "postgres")}); err != nil {
		return err
	}
	defer func() {
		d.closeDatabases()
		if stop := d.server.Stop(); err == nil {
			err = stop
		}
	}()
	if err := d.prepareService(ctx); err != nil {
		return err
	}
	return d.tellWhileServing(ctx)
}

const databaseName = "dps"

func (d *demonstration) adminURL() string { return d.server.URL(d.server.Superuser(), databaseName) }

// prepareService makes the database, the region, the keys and the tokens, and opens the service's logins.
func (d *demonstration) prepareService(ctx context.Context) (err error) {
	if d.policy, err = policy.Load(); err != nil {
		return err
	}
	if d.keys, err = seal.LoadOrGenerate(filepath.Join(d.folder, "keys.json")); err != nil {
		return fmt.Errorf("%w; an older version made this demonstration: remove the folder %s to start again", err, d.folder)
	}
	if err := d.createDatabase(ctx); err != nil {
		return err
	}
	if err := db.Migrate(ctx, d.adminURL(), d.policy); err != nil {
		return err
	}
	if err := region.Load(ctx, d.adminURL(), d.keys, demo.WholeRegion(demo.RegionUnder(d.regime, time.Now()))); err != nil {
		return err
	}
	if err := d.importDirectories(ctx); err != nil {
		return err
	}
	if err := d.issueTokens(); err != nil {
		return err
	}
	for _, login := range []struct {
		name string
		to   **db.DB
	}{{"dps_api", &d.api}, {"dps_worker", &d.worker}} {
		if *login.to, err = db.Open(ctx, db.Config{URL: d.server.URL(login.name, databaseName), Policy: d.policy, Keyring: d.keys}); err != nil {
			return err
		}
	}
	return nil
}

// importDirectories imports the region's schools and homes, from files in the form of the Department's and Ofsted's.
// The second import changes nothing.
func (d *demonstration) importDirectories(ctx context.Context) error {
	importer, err := db.Open(ctx, db.Config{URL: d.server.URL("dps_importer", databaseName), Policy: d.policy, Keyring: d.keys, Pool: 1})
	if err != nil {
		return err
	}
	defer importer.Close()
	columns, err := registers.ReadColumnMap(strings.NewReader(demo.OfstedMap))
	if err != nil {
		return err
	}
	today := market.LondonDate(time.Now())
	for _, file := range []struct {
		name string
		open func() (*registers.File, error)
	}{
		{"Schools, from Get Information About Schools", func() (*registers.File, error) { return registers.OpenGIAS(demo.GIASFile(), today) }},
		{"Homes, from Ofsted's list", func() (*registers.File, error) { return registers.OpenOfsted(demo.OfstedFile(), columns, today) }},
	} {
		read, err := file.open()
		if err != nil {
			return err
		}
		done, err := directory.ImportDirectory(ctx, importer, read.Directory())
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "%s: %d imported, %d updated, %d unchanged, %d rejected.\n", file.name, done.New, done.Updated,
			done.Unchanged, read.Rejected)
	}
	return nil
}

func (d *demonstration) createDatabase(ctx context.Context) error {
	admin, err := sql.Open("postgres", d.server.URL(d.server.Superuser(), "postgres"))
	if err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	defer admin.Close()
	var there bool
	if err := admin.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)",
		databaseName).Scan(&there); err != nil || there {
		return err
	}
	_, err = admin.ExecContext(ctx, "CREATE DATABASE "+databaseName)
	return err
}

func (d *demonstration) tokensFile() string { return filepath.Join(d.folder, "tokens.env") }

// issueTokens signs a token for every persona and writes them to a file that a shell can read.
func (d *demonstration) issueTokens() error {
	key, err := loadOrMakeDevelopmentKey(filepath.Join(d.folder, "development-key.pem"))
	if err != nil {
		return err
	}
	d.service.tokens = policy.TokenConfig{Issuer: developmentIssuer, Audience: "dps", DevelopmentKey: publicHalf(key), HashCode: seal.HashCode}
	d.tokens = map[string]demo.Credential{}
	file := "# Tokens of invented people, only for this demonstration. They are made again at each start and are valid for 30 days.\n"
	people := demo.Personas
	if d.years > 0 {
		people = slices.Concat(people, years.People())
	}
	for _, p := range people {
		token, err := policy.IssueDevelopment(key, policy.Claims{
			Issuer: developmentIssuer, Audience: "dps", Person: p.Key,
			Organisation: p.Organisation, Capacities: []policy.Role{p.Capacity}, Expires: time.Now().AddDate(0, 0, 30),
		})
		if err != nil {
			return err
		}
		d.tokens[p.Key] = demo.Credential{Authorization: "Bearer " + token}
		file += fmt.Sprintf("# %s\n%s=%s\n", p.Does, shellVariable(p.Key), token)
	}
	if err := os.WriteFile(d.tokensFile(), []byte(file), 0o600); err != nil {
		return fmt.Errorf("the tokens cannot be written: %w", err)
	}
	return nil
}

// shellVariable is a persona's name as a shell variable.
func shellVariable(key string) string { return strings.ToUpper(strings.ReplaceAll(key, ".", "_")) }

// tellWhileServing serves, tells the story to its own endpoint, and goes on serving unless it must end.
func (d *demonstration) tellWhileServing(ctx context.Context) error {
	serving, stop := context.WithCancel(ctx)
	defer stop()
	telling, stopTelling := context.WithCancel(ctx) // nobody answers a story once the service has ended
	defer stopTelling()
	ended := make(chan error, 1)
	go func() {
		defer stopTelling()
		ended <- d.serveUntilDone(serving)
	}()
	if err := d.tellStory(telling); err != nil {
		stop()
		if failed := <-ended; failed != nil {
			return failed
		}
		return err
	}
	if d.once {
		stop()
	} else {
		d.explainUse()
	}
	return <-ended
}

func (d *demonstration) baseURL() string { return "http://" + d.listener.Addr().String() }

func (d *demonstration) storyWorld() demo.World {
	return demo.World{
		Client: demo.Client{URL: d.baseURL() + "/graphql"},
		Token:  func(p demo.Persona) (demo.Credential, error) { return d.tokens[p.Key], nil },
		MoveClock: func(ctx context.Context, to time.Time) error {
			return db.MoveClock(ctx, d.adminURL(), to)
		},
		Out: d.out,
	}
}

// tellStory tells the story, and the years after it, unless that was done before.
func (d *demonstration) tellStory(ctx context.Context) error {
	world := d.storyWorld()
	lived, err := world.Lived(ctx)
	if err != nil {
		return err
	}
	if lived {
		fmt.Fprintf(d.out, "The story has already been told, and its data are kept. To tell it again, remove the folder %s.\n", d.folder)
	} else if _, err := world.Live(ctx); err != nil {
		return err
	}
	more, err := d.liveYears(ctx, world)
	if err != nil || lived && !more {
		return err
	}
	return d.verifyStoryLog(ctx)
}

// verifyStoryLog checks the log once everything that the story wrote is sealed.
func (d *demonstration) verifyStoryLog(ctx context.Context) error {
	if _, err := record.Work(ctx, d.worker); err != nil {
		return err
	}
	fmt.Fprintln(d.out)
	return logCheck{url: d.adminURL(), keys: d.keys.PublicKeys()}.run(ctx, d.out)
}

func (d *demonstration) explainUse() {
	fmt.Fprintf(d.out, `
Serving %[1]s/graphql. GraphiQL is at %[1]s/ where its assets were fetched (make demo does).
Tokens of everybody in the story are in %[2]s. As the commissioner of Kent:

  . %[2]s
  curl -s %[1]s/graphql -H "Authorization: Bearer $KENT_COMMISSIONER" -H 'Content-Type: application/json' \
    -d '{"query":"{ needs { edges { node { reference status offers { provider { name } ranking { rank total } } } } } }"}'

Ctrl-C ends the service and its PostgreSQL; the data stay in %[3]s.
`, d.baseURL(), d.tokensFile(), d.folder)
}
