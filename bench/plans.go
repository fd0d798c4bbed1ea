package main

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/bench/explain"
	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

// explaining lets PostgreSQL write down the plan of each statement of the service, and of those that functions send.
const explaining = `LOAD 'auto_explain'; ALTER ROLE dps_api SET session_preload_libraries = 'auto_explain';
	ALTER ROLE dps_api SET auto_explain.log_min_duration = 0; ALTER ROLE dps_api SET auto_explain.log_analyze = on; ALTER ROLE dps_api SET
		auto_explain.log_buffers = on;
	ALTER ROLE dps_api SET auto_explain.log_timing = off; ALTER ROLE dps_api SET auto_explain.log_nested_statements = on; ALTER ROLE
		dps_api SET auto_explain.log_format = json`

// With little data PostgreSQL reads a table rather than its index. This stops it, so that a table is read only if no
// index can be used.
const fromIndexes = "ALTER ROLE dps_api SET enable_seqscan = off"

// unexplained returns the service to its normal state.
const unexplained = "ALTER ROLE dps_api RESET ALL"

// looking is the number of the provider that looks at what it sees.
const looking = 4

// reader is somebody who looks at everything that they may see.
type reader struct {
	name       string
	alike      bool // reads as another one does, but for the rows
	credential demo.Credential
}

// look is what a question cost somebody.
type look struct {
	question
	who        string
	statements []explain.Statement
	found      bool // whether there was anything
	problem    string
}

func (l look) name() string { return l.field + " as " + l.who }

func (l look) blocks() (sum int) {
	for _, s := range l.statements {
		sum = max(sum, s.Blocks())
	}
	return sum
}

func (l look) rows() (sum int) {
	for _, s := range l.statements {
		sum += s.Rows()
	}
	return sum
}

// endpoint is the service in this process, without a clock worker.
type endpoint struct {
	api    *db.DB
	client demo.Client
	server *http.Server
}

func (p *dataset) endpoint(ctx context.Context, database string) (*endpoint, error) {
	rules, err := policy.Load()
	if err != nil {
		return nil, err
	}
	keys, err := seal.LoadOrGenerate(p.keysFile())
	if err != nil {
		return nil, err
	}
	e := &endpoint{}
	if e.api, err = db.Open(ctx, db.Config{URL: p.server.URL("dps_api", database), Policy: rules, Keyring: keys, Pool: 4}); err != nil {
		return nil, err
	}
	tokens, err := policy.NewVerifier(ctx, policy.TokenConfig{
		Issuer: tokenIssuer, Audience: "dps",
		DevelopmentKey: p.key.Public().(ed25519.PublicKey), HashCode: seal.HashCode,
	})
	if err != nil {
		return nil, err
	}
	handler, err := resolvers.New(resolvers.Config{DB: e.api, Policy: rules, Tokens: tokens})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e.client.URL = "http://" + listener.Addr().String() + "/graphql"
	e.server = &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = e.server.Serve(listener) }()
	return e, nil
}

func (e *endpoint) close() error { return errors.Join(e.server.Close(), e.api.Close()) }

// look asks every question of every reader who may ask it.
func (p *dataset) look(ctx context.Context, only string, few bool) (all []look, err error) {
	e, err := p.endpoint(ctx, databaseName)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	q := newQuestions(graph.NewExecutableSchema(graph.Config{}).Schema(), p.told())
	if q.unable != nil {
		return nil, fmt.Errorf("nobody has said with what these are asked: %v", q.unable)
	}
	readers, err := p.readers(ctx)
	if err != nil {
		return nil, err
	}
	asked := slices.DeleteFunc(q.all, func(q question) bool { return !strings.Contains(q.field, only) })
	for i, r := range readers {
		if few && r.alike {
			continue
		}
		looks, err := p.lookAs(ctx, e, r, asked)
		if err != nil {
			return nil, err
		}
		all = append(all, looks...)
		if i == 0 { // what everybody may read is read by everybody alike
			asked = slices.DeleteFunc(slices.Clone(asked), func(q question) bool {
				return slices.ContainsFunc(looks, func(l look) bool { return l.field == q.field && l.found })
			})
		}
	}
	return all, nil
}

// lookAs asks each question in the shortest way that finds something.
func (p *dataset) lookAs(ctx context.Context, e *endpoint, r reader, all []question) ([]look, error) {
	best, closed := map[string]look{}, map[string]bool{}
	if _, err := e.client.Do(ctx, r.credential, "{ markets { edges { node { id } } } }", nil); err != nil { // what is read once a session
		return nil, err
	}
	if _, err := p.watch.Since(ctx, p.admin); err != nil {
		return nil, err
	}
	for _, q := range all {
		if closed[q.list] || best[q.field].found && q.field != "Query."+q.list {
			continue
		}
		reply, err := e.client.Do(ctx, r.credential, q.text, nil)
		if err != nil {
			return nil, err
		}
		if refused(reply) {
			closed[q.list] = closed[q.list] || q.field == "Query."+q.list
			continue
		}
		l, err := p.lookTwice(ctx, e, r, q, reply)
		if err != nil {
			return nil, err
		}
		if was, ok := best[q.way()]; !ok || l.found && !was.found {
			best[q.way()] = l
		}
	}
	return slices.SortedFunc(maps.Values(best), func(a, b look) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.text, b.text))
	}), nil
}

// lookTwice asks a question again where it goes beyond its bound: what a session reads once is read the first time.
func (p *dataset) lookTwice(ctx context.Context, e *endpoint, r reader, q question, first demo.Reply) (look, error) {
	l, err := p.lookOnce(ctx, q, r, first)
	if err != nil || !l.costs() {
		return l, err
	}
	again, err := e.client.Do(ctx, r.credential, q.text, nil)
	if err != nil {
		return l, err
	}
	return p.lookOnce(ctx, q, r, again)
}

// way is what is judged apart: each field, and each way in which a list can be asked.
func (q question) way() string {
	if q.field == "Query."+q.list {
		return q.text
	}
	return q.field
}

// lookOnce is what the answer to a question cost.
func (p *dataset) lookOnce(ctx context.Context, q question, r reader, reply demo.Reply) (look, error) {
	statements, err := p.watch.Since(ctx, p.admin)
	l := look{question: q, who: r.name, statements: statements, found: holds(reply.Data, q.field)}
	for _, problem := range reply.Errors {
		l.problem = problem.Extensions.Code + ": " + problem.Message
	}
	return l, err
}

// costs says whether a statement goes beyond its bound.
func (l look) costs() bool {
	return slices.ContainsFunc(l.statements, func(s explain.Statement) bool { return judge(l.name(), boundOf(l.field, s), s) != nil })
}

// refused says that the reader has no right to a question.
func refused(r demo.Reply) bool {
	for _, e := range r.Errors {
		if strings.HasSuffix(e.Extensions.Code, "FORBIDDEN") || e.Extensions.Code == "UNAUTHENTICATED" {
			return true
		}
	}
	return false
}

// holds says whether an answer has anything at a field.
func holds(v demo.Value, field string) bool {
	_, name, _ := strings.Cut(field, ".")
	return something(v.Raw(), name, false)
}

func something(v any, name string, within bool) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if key != "edges" && key != "node" && within {
				return true
			}
			if something(value, name, within || key == name) {
				return true
			}
		}
		return false
	case []any:
		return slices.ContainsFunc(v, func(one any) bool { return something(one, name, within) })
	default:
		return v != nil && within
	}
}

// readers are one of each role: an authority that owes notices and one that owes few, a consortium and one without
// delegations, a provider.
func (p *dataset) readers(ctx context.Context) ([]reader, error) {
	var authorities []uuid.UUID
	rows, err := p.admin.QueryContext(ctx, "SELECT id FROM peer.authority ORDER BY seq")
	if err != nil {
		return nil, err
	}
	authorities = scanColumn[uuid.UUID](rows)
	var lead, consortium uuid.UUID
	if err := p.admin.QueryRowContext(ctx,
		"SELECT (SELECT authority_id FROM dps.market LIMIT 1), (SELECT id FROM dps.organisation WHERE kind = 'CONSORTIUM')").Scan(&lead,
		&consortium); err != nil {
		return nil, err
	}
	all := []reader{{name: "the public"}}
	for _, r := range []struct {
		name, person string
		capacity     policy.Role
		organisation uuid.UUID
		alike        bool
	}{
		{"commissioner", "synthetic.commissioner", policy.Commissioner, authorities[1], false},
		{"commissioner who owes all notices", "synthetic.commissioner", policy.Commissioner, authorities[0], true},
		{"approver", "synthetic.approver", policy.Approver, authorities[1], true},
		{"opening officer", "synthetic.opening_officer", policy.OpeningOfficer, authorities[1], true},
		{"evaluator", "synthetic.evaluator", policy.Evaluator, authorities[1], false},
		{"evaluator who scored", "synthetic.evaluator1", policy.Evaluator, authorities[1], true},
		{"moderator", "synthetic.moderator", policy.Moderator, authorities[1], true},
		{"safeguarding lead", "synthetic.lead", policy.SafeguardingLead, authorities[1], false},
		{"auditor", "synthetic.auditor", policy.Auditor, authorities[1], true},
		{"market manager", "synthetic.manager", policy.MarketManager, lead, false},
		{"consortium officer", "synthetic.officer", policy.ConsortiumOfficer, consortium, false},
		{"officer without delegations", "synthetic.officer", policy.ConsortiumOfficer, authorities[2], true},
		{"provider", "synthetic.bids", policy.BidsManager, dataID("provider", looking), false},
	} {
		all = append(all, reader{r.name, r.alike, demo.Credential{Authorization: p.bearerHeader(r.person, r.capacity, r.organisation)}})
	}
	return all, nil
}

// told are the arguments of fields that need some, each way after a bar.
func (p *dataset) told() told {
	lot, code := opaqueID("lot", dataID("lot", 0)), "SEMH - Social, Emotional and Mental Health"
	return told{
		"Query.places": `|(filter: {lot: "` + lot + `", needs: ["` + code +
			`"], age: 9, near: {easting: 450000, northing: 150000}})|(filter: {lot: "` + lot + `"})`,
		"Query.compare": fmt.Sprintf("(settings: [%q, %q])", opaqueID("setting", dataID("setting", 0)),
			opaqueID("setting", dataID("setting", 1))),
	}
}
