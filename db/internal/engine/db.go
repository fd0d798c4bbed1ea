// Package engine is what every area of the database stands on. It knows no area. The only
// ways to a transaction are View, Change and Decide. The pool is not exported. Every statement runs under the database role of
// the caller's capacity, so that row-level security, compiled from the policy, is the last wall under all of it.
package engine

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// Config is what a DB is made of.
type Config struct {
	URL     string // of the login dps_api, or dps_worker for the worker
	Policy  *policy.Policy
	Keyring *seal.Keyring
	Pool    int // connections at most; 8 when zero
	// Trace, where given, hears of each statement: tests count with it.
	Trace func(ctx context.Context, statement string)
}

// DB holds the pool. Make one a process.
type DB struct {
	pool   *session.Pool
	policy *policy.Policy
	keys   *seal.Keyring
	answer *View // of the request that a change is for, if it has one (Answering)
}

// Connect makes the pool. Nothing is sent before it is used: db.Open looks whether the database answers, and what is in it.
func Connect(c Config) (*DB, error) {
	address, err := pq.NewConfig(WithSettings(SplitHosts(c.URL)))
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	limit, err := statementLimit(address.Runtime["statement_timeout"])
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	connector, err := pq.NewConnectorConfig(address)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	trace := c.Trace
	if trace == nil {
		trace = func(context.Context, string) {}
	}
	pool, err := session.Open(connector, limit, trace)
	if err != nil {
		return nil, err
	}
	size := c.Pool
	if size == 0 {
		size = 8
	}
	pool.SetSize(size)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour)
	return &DB{pool: pool, policy: c.Policy, keys: c.Keyring}, nil
}

// statementLimit is how long a statement may take, from its setting in milliseconds; 0 for any time.
func statementLimit(setting string) (time.Duration, error) {
	limit, err := strconv.ParseUint(setting, 10, 31)
	if err != nil {
		return 0, errors.New("statement_timeout must be a number of milliseconds, for example 10000")
	}
	return time.Duration(limit) * time.Millisecond, nil
}

// ErrPooled says that what holds a session together does not arrive at PostgreSQL.
var ErrPooled = errors.New("a connection pooler, such as PgBouncer, stands before the database and does not keep the settings of a " +
	"session: give the address of PostgreSQL itself, because this program has a pool of its own (--pool)")

// CheckSession refuses a pooler that refuses the settings of a session, or ignores them: later, statements of one session would fail in
// another. Other errors are those of the connection.
func (d *DB) CheckSession(ctx context.Context) error {
	var lost bool
	err := d.pool.GetContext(ctx, &lost, `SELECT current_setting('plan_cache_mode') <> $1 OR current_setting('jit') <> $2
		OR current_setting('search_path') <> $3`, sessionSettings["plan_cache_mode"], sessionSettings["jit"], sessionSettings["search_path"])
	if refused := pq.As(err, pqerror.ProtocolViolation); lost || refused != nil && strings.Contains(refused.Message, "startup parameter") {
		return ErrPooled
	}
	return err
}

// Close ends all connections.
func (d *DB) Close() error { return d.pool.Close() }

// sessionSettings are those of every session of the program.
var sessionSettings = map[string]string{
	"search_path":       "dps",
	"binary_parameters": "yes",
	"application_name":  "dps",
	// A statement is planned once and not for each of its values: most are read by their keys, and planning one under row
	// security takes longer than running it.
	"plan_cache_mode": "force_generic_plan",
	"jit":             "off", // a program compiled for a statement of milliseconds takes hundreds of them
}

// statementLimits limit every statement, in milliseconds, so that nothing waits for ever. A limit in the database's
// address replaces the one here.
var statementLimits = map[string]string{
	"statement_timeout":                   "10000",
	"lock_timeout":                        "5000",
	"idle_in_transaction_session_timeout": "15000",
}

// WithSettings is the address of a database with the settings that every session has.
func WithSettings(dsn string) string {
	for key, value := range sessionSettings {
		dsn = WithParameter(dsn, key, value)
	}
	for key, value := range statementLimits {
		if !regexp.MustCompile(`(^|[?&\s])` + key + `\s*=`).MatchString(dsn) {
			dsn = WithParameter(dsn, key, value)
		}
	}
	return dsn
}

// SplitHosts writes an address that names several servers, postgres://user@one:5432,two:5433/dps, as the driver reads it. Of several, the
// program takes the one that can be written to, unless the address says otherwise.
func SplitHosts(dsn string) string {
	scheme, rest, _ := strings.Cut(dsn, "://")
	end := strings.IndexAny(rest+"/", "/?")
	named := rest[strings.LastIndex(rest[:end], "@")+1 : end]
	if !strings.HasPrefix(scheme, "postgres") || !strings.Contains(named, ",") {
		return dsn
	}
	u, err := url.Parse(scheme + "://" + strings.TrimSuffix(rest[:end], named) + rest[end:])
	if err != nil {
		return dsn
	}
	var hosts, ports []string
	for one := range strings.SplitSeq(named, ",") {
		server := url.URL{Host: one}
		hosts, ports = append(hosts, server.Hostname()), append(ports, cmp.Or(server.Port(), "5432"))
	}
	q := u.Query()
	q.Set("host", strings.Join(hosts, ","))
	q.Set("port", strings.Join(ports, ","))
	if !q.Has("target_session_attrs") {
		q.Set("target_session_attrs", "read-write")
	}
	u.Host, u.RawQuery = "", q.Encode()
	return u.String()
}

// WithParameter adds a parameter to a URL or to a key=value text.
func WithParameter(dsn, key, value string) string {
	u, err := url.Parse(dsn)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return dsn + " " + key + "=" + value
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// DbLogger is where the package says what only an operator should read.
func DbLogger() *slog.Logger { return slog.Default().With("part", "db") }

// Version is the schema's version and the fingerprint of the policy that the database was compiled from.
type Version struct {
	Schema int64  `db:"version"`
	Policy string `db:"hash"`
}

// Version reads what the database was migrated to.
func (d *DB) Version(ctx context.Context) (at Version, err error) {
	err = d.pool.GetContext(ctx, &at, `SELECT (SELECT max(version_id) FROM dps.goose_db_version) AS version,
		coalesce((SELECT hash FROM dps.policy_version), '') AS hash`)
	return at, err
}

// LogAge is for how long the log has waited to be sealed, and what the database's clock says.
func (d *DB) LogAge(ctx context.Context) (age time.Duration, clock time.Time, err error) {
	var row struct {
		Age   float64   `db:"age"`
		Clock time.Time `db:"clock"`
	}
	err = d.pool.GetContext(ctx, &row, "SELECT coalesce(dps.log_age(), 0) AS age, clock_timestamp() AS clock")
	return time.Duration(row.Age * float64(time.Second)), row.Clock, err
}

// Stats are those of the pool.
func (d *DB) Stats() sql.DBStats { return d.pool.Stats() }

// Policy is the policy of this program.
func (d *DB) Policy() *policy.Policy { return d.policy }

// Keys are the keys of this program.
func (d *DB) Keys() *seal.Keyring { return d.keys }

// ClockIsMoved says whether the market's clock differs from the server's, as it may for demonstrations and tests alone.
func (d *DB) ClockIsMoved(ctx context.Context) (moved bool, err error) {
	err = d.pool.GetContext(ctx, &moved, "SELECT EXISTS (SELECT FROM dps.clock)")
	return moved, err
}

// Ping says whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.PingContext(ctx) }

// Owner owns every object; nothing of the API logs in as it.
const Owner = "dps_owner"

// OwnerURL is the address under which the owner of the schema works.
func OwnerURL(url string) string {
	return WithParameter(WithParameter(url, "role", Owner), "search_path", "dps")
}

// callerOf is what the database is told of who enters.
func callerOf(a policy.Actor) session.Caller {
	c := session.Caller{Role: a.Role.Database(), Person: a.Person, CodeHash: hex.EncodeToString(a.Invitation), Epoch: int64(a.Epoch)}
	if a.Organisation != uuid.Nil {
		c.Organisation = a.Organisation.String()
	}
	return c
}
