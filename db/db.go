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

// What callers of every area need; internal/engine describes each.
type (
	DB          = engine.DB
	Config      = engine.Config
	View        = engine.View
	Tx          = engine.Tx
	Request     = engine.Request
	Event       = engine.Event
	Selection   = rowset.Selection
	TooManyRows = rowset.TooManyRows
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

// NewSelection is the selection of fields by their types.
func NewSelection(fields map[string]map[string]bool) *Selection { return rowset.NewSelection(fields) }

// CheckTables says where what is read does not fit the schema.
func CheckTables(describe rowset.Describe) error { return rowset.Check(describe) }
