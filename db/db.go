// Package db is the only door to PostgreSQL. The use cases are in its areas (db/directory, db/admission, db/tendering
// ...). An exported function there is one use case and one transaction, and View, Change and Decide are the only ways to a
// transaction. The pool is not exported. Every statement runs under the database role of the caller's capacity, so that
// row-level security, compiled from the policy, is the last wall.
//
// This package opens a database, migrates it, and names what callers of every area need.
package db

import (
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
)

type (
	// DB holds the connections and keys; every change and every view begins with it.
	DB = engine.DB
	// Config is what a DB is made of.
	Config = engine.Config
	// View is what one request reads.
	View = engine.View
	// Tx is the transaction of one change.
	Tx = engine.Tx
	// Request is a change that a caller asks for.
	Request = engine.Request
	// Event is what a change says of itself.
	Event = engine.Event
	// Selection is which fields a request selects.
	Selection = rowset.Selection
	// TooManyRowsError says that more rows were to be read than a view may read.
	TooManyRowsError = rowset.TooManyRowsError
)

// Owner owns every object. Nothing in the API logs in as it.
const Owner = engine.Owner

// Errors that are not refusals of the market.
var (
	ErrForbidden   = engine.ErrForbidden
	ErrRevoked     = engine.ErrRevoked
	ErrUnavailable = engine.ErrUnavailable
	ErrOutgrown    = rowset.ErrOutgrown
)

// SplitHosts writes an address that names several servers as the driver reads it.
func SplitHosts(url string) string { return engine.SplitHosts(url) }

// NewSelection is the selection of fields by their types.
func NewSelection(fields map[string]map[string]bool) *Selection { return rowset.NewSelection(fields) }

// CheckTables says where what is read does not fit the schema.
func CheckTables(describe rowset.Describe) error { return rowset.Check(describe) }
