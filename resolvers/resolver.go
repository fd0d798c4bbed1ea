// Package resolvers is the GraphQL side of the service. Each feature has one file. Its resolvers call the database
// package once, and edges.go says how fields below the root are read.
//
// The machinery is in internal: levels reads a query one level at a time and writes the answer, guard refuses before
// anything runs, transport speaks HTTP.
package resolvers

import (
	"errors"
	"net/http"
	"reflect"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers/internal/guard"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
	"github.com/southeasttogether/dps/resolvers/internal/rate"
	"github.com/southeasttogether/dps/resolvers/internal/transport"
)

// Config is what the endpoint is made of.
type Config = transport.Config

// Limits limit one request.
type Limits = guard.Limits

// FileLimits bound the documents that are under way.
type FileLimits = transport.FileLimits

// Proxies are the addresses of the proxies that are believed when they say for whom they ask.
type Proxies = rate.Proxies

// ParseProxies reads addresses such as 10.0.0.0/8 or 192.0.2.1.
func ParseProxies(written []string) (Proxies, error) { return rate.ParseProxies(written) }

// Queue bounds the requests that are answered at once.
type Queue = transport.Queue

// Rate limits how much work is done for one caller over time.
type Rate = rate.Rate

// Scanner is the address of a clamd that checks what is uploaded; empty for none.
type Scanner = transport.Scanner

// Resolver is what the resolvers of every feature are made of.
type Resolver struct {
	DB     *db.DB
	Policy *policy.Policy
}

// New makes the GraphQL endpoint.
func New(c Config) (http.Handler, error) {
	schema := graph.NewExecutableSchema(graph.Config{Resolvers: &Resolver{DB: c.DB, Policy: c.Policy}})
	reads, err := levels.New(schema.Schema(), reflect.TypeFor[graph.ResolverRoot](), edges)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(checkNodes(schema.Schema()), db.CheckTables(reads.Describe)); err != nil {
		return nil, err
	}
	return transport.New(c, schema, reads)
}

// Files serves the documents of evidence.
func Files(c Config) http.Handler { return transport.Files(c) }
