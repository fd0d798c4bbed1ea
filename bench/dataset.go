package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"embed"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	_ "github.com/lib/pq" // the driver

	"github.com/southeasttogether/dps/bench/explain"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres"
)

// size is how large the market is: open are needs that wait for offers, routed are those that left for another route.
type size struct{ providers, settings, needs, open, routed, placements, answers int }

var sizes = map[string]size{
	"full":  {5000, 12000, 100000, 2000, 5000, 75000, 200000},
	"tenth": {500, 1200, 10000, 200, 500, 7500, 20000},
	"short": {100, 240, 1500, 60, 60, 750, 2000},
}

// oneIn says which share of the providers is in each lot, as 1_market.sql does.
var oneIn = [...]int{1, 2, 5, 5, 50, 50, 50, 50, 50, 50, 50, 50}

// lotOf is the lot of the n-th need of a kind, as 2_needs.sql chooses it.
func lotOf(n int) int {
	switch turn := n / 15 % 100; turn {
	case 0, 1:
		return turn
	case 2, 3, 4, 5:
		return turn/2 + 1
	default:
		return 4 + (n/15+n)%8
	}
}

// member is the number of a provider that is a member of a lot; consecutive numbers give different members.
func (s size) member(lot, number int) int {
	members := max(s.providers/oneIn[lot], 10)
	return (lot + number%members*(s.providers/members)) % s.providers
}

// dataset is a private PostgreSQL with the market's data, and the keys that tokens and offers are made with.
type dataset struct {
	size
	folder string
	server *postgres.Server
	admin  *sql.DB
	key    ed25519.PrivateKey
	watch  *explain.Watch // of the plans of all statements, once they are looked at
	loaded time.Duration  // how long the bulk took; 0 when it was there already
}

const databaseName = "bench"

// scripts load the data, in the order of their names, and then what PostGraphile and the floor need.
//
//go:embed data/*.sql
var scripts embed.FS

//go:embed peer.sql
var peerSQL string

func (p *dataset) startServer(ctx context.Context) (err error) {
	p.server, err = postgres.Start(ctx, postgres.Options{Dir: filepath.Join(p.folder, "postgres"), Fast: true, Log: p.watch})
	return err
}

// restartFresh lets a fresh server count statements and blocks from then on.
func (p *dataset) restartFresh(ctx context.Context, fresh bool) error {
	if !fresh {
		return nil
	}
	if err := p.server.Stop(); err != nil {
		return err
	}
	return p.startServer(ctx)
}

// openDataset starts PostgreSQL on the folder of this size and fills it unless that was done before.
func openDataset(ctx context.Context, folder, name string) (p *dataset, err error) {
	p = &dataset{size: sizes[name], folder: filepath.Join(folder, name), watch: explain.NewWatch()}
	if err := p.startServer(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.closeDataset())
		}
	}()
	if p.key, err = p.signingKey(); err != nil {
		return p, err
	}
	fresh, err := p.createDatabase(ctx)
	if err != nil {
		return p, err
	}
	if err := p.restartFresh(ctx, fresh); err != nil {
		return p, err
	}
	if p.admin, err = sql.Open("postgres", p.databaseURL(p.server.Superuser())); err != nil {
		return p, err
	}
	if err := p.foundRegion(ctx, databaseName); err != nil { // data of an earlier time are brought up to date
		return p, err
	}
	if !fresh {
		return p, p.protectAgain(ctx)
	}
	return p, p.loadData(ctx)
}

func (p *dataset) closeDataset() error {
	if p.admin != nil {
		_ = p.admin.Close()
	}
	return p.server.Stop()
}

func (p *dataset) databaseURL(login string) string { return p.server.URL(login, databaseName) }

// createDatabase makes the database, and makes it again if an earlier load did not end or loaded something else.
func (p *dataset) createDatabase(ctx context.Context) (fresh bool, err error) {
	admin, err := sql.Open("postgres", p.server.URL(p.server.Superuser(), "postgres"))
	if err != nil {
		return false, err
	}
	defer admin.Close()
	if was, err := os.ReadFile(p.loadedMark()); err == nil && string(was) == p.version() {
		return false, nil
	}
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + databaseName, "CREATE DATABASE " + databaseName,
		"ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'",
	} {
		if _, err := admin.ExecContext(ctx, statement); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (p *dataset) loadedMark() string { return filepath.Join(p.folder, "loaded") }

// version names what is loaded: the scripts and how much of everything.
func (p *dataset) version() string {
	sum := sha256.New()
	for _, script := range p.scripts() {
		sum.Write([]byte(script))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// scripts are the texts of all scripts, for this size.
func (p *dataset) scripts() (all []string) {
	names, _ := scripts.ReadDir("data") // it is embedded
	for _, name := range names {
		text, _ := scripts.ReadFile("data/" + name.Name())
		all = append(all, p.sized(string(text)))
	}
	return append(all, peerSQL)
}

// sized says how many of everything.
func (p *dataset) sized(script string) string {
	for name, n := range map[string]int{
		"providers": p.providers, "settings": p.settings, "needs": p.needs, "open": p.open, "routed": p.routed,
		"placements": p.placements, "answers": p.answers,
	} {
		script = strings.ReplaceAll(script, "{"+name+"}", strconv.Itoa(n))
	}
	return script
}

func (p *dataset) keysFile() string { return filepath.Join(p.folder, "keys.json") }

// loadData loads the bulk, with the clock on it.
func (p *dataset) loadData(ctx context.Context) error {
	start := time.Now()
	conn, err := p.admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, script := range p.scripts() {
		if err := run(ctx, conn, script); err != nil {
			return err
		}
	}
	if err := p.protect(ctx, conn, dataID("provider", looking)); err != nil {
		return err
	}
	p.loaded = time.Since(start)
	return os.WriteFile(p.loadedMark(), []byte(p.version()), 0o600)
}

// run runs a script paragraph by paragraph, because a VACUUM cannot be in a transaction.
func run(ctx context.Context, conn *sql.Conn, script string) error {
	for _, statement := range strings.Split(script, "\n\n") {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%w\n%s", err, statement)
		}
	}
	return nil
}

// signingKey is the development key of this folder, in the form that `dps serve --development-key` reads.
func (p *dataset) signingKey() (ed25519.PrivateKey, error) {
	raw, err := os.ReadFile(p.signingKeyFile())
	if err == nil {
		block, _ := pem.Decode(raw)
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		return parsed.(ed25519.PrivateKey), nil
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, os.WriteFile(p.signingKeyFile(), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

func (p *dataset) signingKeyFile() string { return filepath.Join(p.folder, "development-key.pem") }

const tokenIssuer = "dps-development"

// bearerHeader is the header of an invented person in one capacity.
func (p *dataset) bearerHeader(person string, capacity policy.Role, organisation uuid.UUID) string {
	token, err := policy.IssueDevelopment(p.key, policy.Claims{
		Issuer: tokenIssuer, Audience: "dps", Person: person,
		Organisation: organisation,
		Capacities:   []policy.Role{capacity}, Expires: time.Now().AddDate(0, 0, 7),
	})
	if err != nil {
		panic(err) // a key that was just read can sign
	}
	return "Bearer " + token
}

// socketFolder is the folder of the server's socket, for programs that do not read lib/pq's addresses.
func (p *dataset) socketFolder() string {
	u, err := url.Parse(p.databaseURL("dps_api"))
	if err != nil {
		panic(err) // the server wrote it
	}
	return u.Query().Get("host")
}
