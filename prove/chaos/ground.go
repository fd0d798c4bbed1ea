package chaos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/region"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/prove/chaos/machine"
	"github.com/southeasttogether/dps/seal"
)

// ground is a market on a PostgreSQL of its own, before anything happens to it.
type ground struct {
	folder   string
	binary   string // dps
	primary  *machine.Cluster
	database *machine.Proxy // between the service and PostgreSQL
	tokens   map[demo.Persona]string
	lot      string // published: needs are drafted in it
}

// newGround founds the demonstration's region in a fresh cluster below folder, with one published lot.
// environment is PostgreSQL's.
func newGround(ctx context.Context, folder, binary string, environment ...string) (*ground, error) {
	if err := os.MkdirAll(folder, 0o711); err != nil {
		return nil, err
	}
	g := &ground{folder: folder, binary: binary, tokens: map[demo.Persona]string{}}
	start := func(ctx context.Context) error { return g.startDatabase(ctx, environment...) }
	if err := inTurn(ctx, start, g.foundRegion, g.publishLot); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

// inTurn takes steps until one fails.
func inTurn(ctx context.Context, steps ...func(context.Context) error) error {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// startDatabase starts a cluster with the market's database, migrated and empty, behind the proxy.
func (g *ground) startDatabase(ctx context.Context, environment ...string) (err error) {
	if g.primary, err = machine.NewCluster(ctx, filepath.Join(g.folder, "one")); err != nil {
		return err
	}
	g.primary.Environment = environment
	if err := g.primary.Start(ctx); err != nil {
		return err
	}
	if g.database, err = machine.NewProxy("unix", g.primary.Socket()); err != nil {
		return err
	}
	if err := g.primary.CreateDatabase(ctx); err != nil {
		return err
	}
	if _, err := g.dps(ctx, "keys", "--out", g.keys()); err != nil {
		return err
	}
	_, err = g.dps(ctx, "migrate", "--admin-database-url", g.primary.URL(machine.Superuser, machine.DatabaseName))
	return err
}

// foundRegion founds the demonstration's region, and signs tokens of its people.
func (g *ground) foundRegion(ctx context.Context) error {
	keys, err := seal.Load(g.keys())
	if err != nil {
		return err
	}
	founded := demo.Region(time.Now().AddDate(0, 0, -10))
	if err := region.Load(ctx, g.primary.URL(machine.Superuser, machine.DatabaseName), keys, founded); err != nil {
		return err
	}
	for _, who := range []demo.Persona{demo.MarketManager, demo.Commissioner, demo.Winner} {
		if err := g.signToken(ctx, who, who.Organisation.String()); err != nil {
			return err
		}
	}
	return nil
}

func (g *ground) signToken(ctx context.Context, who demo.Persona, organisation string) error {
	token, err := g.dps(ctx, "token", "--development-key", g.developmentKey(), "--person", who.Key, "--organisation", organisation,
		"--capacity", string(who.Capacity), "--valid", "24h")
	g.tokens[who] = "Bearer " + token
	return err
}

// newGroundFromFile founds the region of a file, whose lot is published, with the program itself: for programs of other schemas.
func newGroundFromFile(ctx context.Context, folder, binary, file string) (*ground, error) {
	if err := os.MkdirAll(folder, 0o711); err != nil {
		return nil, err
	}
	g := &ground{folder: folder, binary: binary, tokens: map[demo.Persona]string{}}
	if err := inTurn(ctx, func(ctx context.Context) error { return g.startDatabase(ctx) },
		func(ctx context.Context) error { return g.applyFile(ctx, file) }); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

func (g *ground) applyFile(ctx context.Context, file string) error {
	if _, err := g.dps(ctx, "region", "apply", "--by", "synthetic.operator", "--admin-database-url",
		g.primary.URL(machine.Superuser, machine.DatabaseName), file); err != nil {
		return err
	}
	d, err := g.primary.Admin()
	if err != nil {
		return err
	}
	defer d.Close()
	var buyer, lot string
	if err := d.QueryRowContext(ctx, `SELECT (SELECT id FROM dps.organisation WHERE kind = 'PARTNER' AND NOT lead LIMIT 1),
		(SELECT id FROM dps.lot WHERE published_at IS NOT NULL AND procedure = 'MATCHING' LIMIT 1)`).Scan(&buyer, &lot); err != nil {
		return err
	}
	g.lot = demo.ID("lot", uuid.MustParse(lot))
	return g.signToken(ctx, demo.Commissioner, buyer)
}

func (g *ground) keys() string           { return filepath.Join(g.folder, "keys.json") }
func (g *ground) developmentKey() string { return filepath.Join(g.folder, "development-key.pem") }

// dps runs one command of the program to its end.
func (g *ground) dps(ctx context.Context, args ...string) (string, error) {
	return machine.Run(ctx, exec.Command(g.binary, args...))
}

// databaseURL is the market's database through the proxy.
func (g *ground) databaseURL(login string) string {
	return fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable&connect_timeout=5", login, g.database.Address(), machine.DatabaseName)
}

func (g *ground) close() {
	if g.database != nil {
		g.database.Close()
	}
	if g.primary != nil {
		g.primary.Kill()
	}
}

// publishLot makes the lot in which needs are drafted, at the service.
func (g *ground) publishLot(ctx context.Context) error {
	s, err := g.serve(ctx, serveOptions{})
	if err != nil {
		return err
	}
	defer s.Kill()
	made, err := g.mustAct(ctx, s, demo.MarketManager, "createLot", map[string]any{
		"market": demo.ID("market", demo.MarketID()), "name": "Synthetic lot", "description": "Synthetic: day places.", "kind": "INMSS_DAY",
		"procedure": "SCORED", "ageLow": 5, "ageHigh": 19, "needs": []string{needType}, "criteria": []map[string]any{
			{"kind": "QUALITY", "name": "Meeting need", "description": "Synthetic: how each need is met.", "weight": "70"},
			{"kind": "PRICE", "name": "Price", "description": "For a year.", "weight": "30"},
		}, "contract": "National Schools and Colleges Contract", "contractVersion": "2026",
	}, "lot { id }")
	if err != nil {
		return err
	}
	g.lot = made.At("lot.id").Text()
	_, err = g.mustAct(ctx, s, demo.MarketManager, "publishLot", map[string]any{"lot": g.lot}, "lot { id }")
	return err
}

// act asks for one change and gives what it made, or the code of the first problem.
func (g *ground) act(ctx context.Context, s *server, who demo.Persona, mutation string, input map[string]any, selection string,
) (demo.Value, string, error) {
	if mutation != "uploadEvidence" {
		input["idempotencyKey"] = uuid.NewString()
	}
	reply, err := demo.Client{URL: s.endpoint()}.Do(ctx, demo.Credential{Authorization: g.tokens[who]},
		mutationDocument(mutation, selection), map[string]any{"input": input})
	if err == nil && len(reply.Errors) > 0 {
		err = fmt.Errorf("%s: %s", mutation, reply.Raw)
	}
	made := reply.Data.At(mutation)
	return made, made.At("problems.0.code").Text(), err
}

// mustAct is act that has to succeed.
func (g *ground) mustAct(ctx context.Context, s *server, who demo.Persona, mutation string, input map[string]any, selection string,
) (demo.Value, error) {
	made, code, err := g.act(ctx, s, who, mutation, input, selection)
	if err == nil && code != "" {
		err = fmt.Errorf("%s was refused: %s", mutation, code)
	}
	return made, err
}

const needType = "ASD - Autistic Spectrum Disorder"

func mutationDocument(mutation, selection string) string {
	return fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection)
}

// serveOptions say how one process of the service differs from the usual one.
type serveOptions struct {
	address     string // "" for any free one
	worker      bool   // runs the clock worker as well
	keys        string // "" for the market's
	database    string // "" for through the proxy
	environment []string
}

// server is a running `dps serve`.
type server struct {
	*machine.Process
	address string
}

func (s *server) endpoint() string { return "http://" + s.address + "/graphql" }

// startServer starts `dps serve` and does not wait until it is ready.
func (g *ground) startServer(o serveOptions) (*server, error) {
	address := o.address
	if address == "" {
		var err error
		if address, err = freeAddress(); err != nil {
			return nil, err
		}
	}
	keys, url := g.keys(), g.databaseURL("dps_api")
	if o.keys != "" {
		keys = o.keys
	}
	if o.database != "" {
		url = o.database
	}
	args := []string{
		"serve", "--address", address, "--database-url", url, "--keys", keys, "--development-key", g.developmentKey(),
		"--work-per-second", "0",
	}
	if o.worker {
		args = append(args, "--worker-database-url", g.databaseURL("dps_worker"))
	}
	cmd := exec.Command(g.binary, args...)
	cmd.Env = append(os.Environ(), o.environment...)
	p, err := machine.Start(cmd)
	if err != nil {
		return nil, err
	}
	return &server{p, address}, nil
}

// serve starts `dps serve` and waits until it is ready.
func (g *ground) serve(ctx context.Context, o serveOptions) (*server, error) {
	s, err := g.startServer(o)
	if err != nil {
		return nil, err
	}
	if err := s.waitUntilReady(ctx); err != nil {
		s.Kill()
		return nil, err
	}
	return s, nil
}

func (s *server) waitUntilReady(ctx context.Context) error {
	err := machine.WaitFor(ctx, "the service", machine.ReadyLimit, func(ctx context.Context) bool { return s.HasEnded() || s.isReady(ctx) })
	if err == nil && s.HasEnded() {
		err = errors.New("it has ended")
	}
	if err != nil {
		return fmt.Errorf("dps serve: %w: %s", err, s.Output)
	}
	return nil
}

// isReady asks /readyz, or /healthz of a program that has no /readyz.
func (s *server) isReady(ctx context.Context) bool {
	status := s.statusOf(ctx, "/readyz")
	if status == http.StatusNotFound {
		status = s.statusOf(ctx, "/healthz")
	}
	return status == http.StatusOK
}

// statusOf is the status of a path, 0 where nothing answers within 3 seconds.
func (s *server) statusOf(ctx context.Context, path string) int {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+path, http.NoBody)
	if err != nil {
		return 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// freeAddress is a port of loopback that nobody listens at.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// verifyLog runs `dps audit verify` and gives its faults as an error.
func (g *ground) verifyLog(ctx context.Context) error {
	_, err := g.dps(ctx, "audit", "verify", "--log-database-url", g.primary.URL("dps_log_reader", machine.DatabaseName), "--keys", g.keys())
	return err
}
