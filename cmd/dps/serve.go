package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "serve the GraphQL endpoint at /graphql",
		Flags: []cli.Flag{
			addressFlag(),
			textFlag(flagDatabase, "", "address of the database with the login dps_api"),
			textFlag(flagWorkerDatabase, "",
				"address of the database with the login dps_worker; without it, this process runs no clock worker"),
			textFlag(flagKeys, "", "the key file, made by dps keys"),
			textFlag(flagIssuer, "", "issuer of the tokens that are accepted"),
			textFlag(flagAudience, "dps", "audience that a token must name"),
			textFlag(flagJWKS, "", "https address of the issuer's keys"),
			textFlag(flagDevelopmentKey, "", "file with a development key, instead of --jwks-url; never for a real market"),
			boolFlag(flagIntrospection, true, "answer introspection, and suggest names in errors"),
			boolFlag(flagGraphiQL, false, "serve the GraphiQL page at /"),
			&cli.IntFlag{Name: flagPool, Value: 8, Usage: "highest number of connections to the database", Sources: environmentSource(flagPool)},
			&cli.IntFlag{
				Name: flagWork, Value: 5000,
				Usage: "rows, and tens of values, that one caller can be served in a second, and 10 times as many after a rest; 0 " +
					"for no limit",
				Sources: environmentSource(flagWork),
			},
			numberFlag(flagUnderWay, 64, "operations that are answered at once; twice as many wait for up to a second; 0 for no bound"),
			&cli.DurationFlag{
				Name: flagDrain, Sources: environmentSource(flagDrain),
				Usage: "how long to say that this process is not ready before it stops, such as 5s: longer than the balancer takes to see it",
			},
			&cli.StringSliceFlag{
				Name: flagProxies, Sources: environmentSource(flagProxies),
				Usage: "address or network of a proxy that is believed when it says in X-Forwarded-For for whom it asks; give it once for each",
			},
			textFlag(flagAdminAddress, "", "where to serve metrics and profiles, as host:port that only operators reach; without it, nowhere"),
			boolFlag(flagAccessLog, false, "log each request: its id, route, status and time, and nothing of a person"),
			bankHolidayFlag(),
			textFlag(flagScanner, "", "clamd that checks uploaded files, as host:port or the path of its socket; without it nothing is checked"),
		},
		Action: runServe,
	}
}

func runServe(ctx context.Context, c *cli.Command) error {
	if err := flagsOnly(c); err != nil {
		return err
	}
	if err := setBankHolidays(c); err != nil {
		return err
	}
	collectGarbageSeldom()
	s, err := newService(ctx, c)
	if err != nil {
		return err
	}
	defer s.closeDatabases()
	if err := db.CheckClock(ctx, s.api); err != nil {
		return err
	}
	if err := s.listenOnAddress(ctx); err != nil {
		return err
	}
	return s.serveUntilDone(ctx)
}

// The settings of the garbage collector, if the environment has none. Answers are many small objects that all die with
// their request, so collecting less often saves a third of the work, within a limit on memory.
const (
	garbagePercent = 800
	memoryLimit    = 96 << 20 // bytes
)

func collectGarbageSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// newService makes the service that the flags describe.
func newService(ctx context.Context, c *cli.Command) (*service, error) {
	path, err := requiredFlag(c, flagKeys, "the keys in it seal offers; `dps keys --out FILE` makes one")
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
	proxies, err := resolvers.ParseProxies(c.StringSlice(flagProxies))
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagProxies, err)
	}
	tokens, err := tokenConfig(c)
	if err != nil {
		return nil, err
	}
	s := &service{
		address: c.String(flagAddress), policy: p, keys: keys, tokens: tokens, introspection: c.Bool(flagIntrospection),
		graphiql: c.Bool(flagGraphiQL), workPerSecond: c.Int(flagWork),
		scanner: resolvers.Scanner(c.String(flagScanner)), drain: c.Duration(flagDrain), proxies: proxies,
		adminAddress: c.String(flagAdminAddress), accessLog: c.Bool(flagAccessLog),
		queue: resolvers.Queue{UnderWay: c.Int(flagUnderWay), Waiting: 2 * c.Int(flagUnderWay)},
	}
	if s.api, err = openDatabase(ctx, c, flagDatabase, s, c.Int(flagPool)); err != nil {
		return nil, err
	}
	if s.probe, err = openDatabase(ctx, c, flagDatabase, s, 1); err != nil {
		s.closeDatabases()
		return nil, err
	}
	if c.String(flagWorkerDatabase) == "" {
		return s, nil
	}
	if s.worker, err = openDatabase(ctx, c, flagWorkerDatabase, s, c.Int(flagPool)); err != nil {
		s.closeDatabases()
		return nil, err
	}
	return s, nil
}

func openDatabase(ctx context.Context, c *cli.Command, flag string, s *service, pool int) (*db.DB, error) {
	url, err := databaseURL(c, flag)
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, db.Config{URL: url, Policy: s.policy, Keyring: s.keys, Pool: pool})
	return d, explainUnreachable(flag, err)
}

func tokenConfig(c *cli.Command) (policy.TokenConfig, error) {
	config := policy.TokenConfig{
		Issuer: c.String(flagIssuer), Audience: c.String(flagAudience), JWKSURL: c.String(flagJWKS),
		HashCode: seal.HashCode,
	}
	path := c.String(flagDevelopmentKey)
	switch {
	case path != "" && config.JWKSURL != "":
		return config, fmt.Errorf("use either --%s or --%s: when a real issuer is configured, no development key is accepted",
			flagDevelopmentKey, flagJWKS)
	case path == "" && config.JWKSURL == "":
		return config, fmt.Errorf("no issuer of tokens is configured: enter --%s and --%s", flagIssuer, flagJWKS)
	case path == "":
		return config, nil
	}
	key, err := loadDevelopmentKey(path)
	if err != nil {
		return config, err
	}
	config.DevelopmentKey = publicHalf(key)
	if config.Issuer == "" {
		config.Issuer = developmentIssuer
	}
	return config, nil
}
