// Package market holds the rules of the market and its words: pure Go, no I/O, time passed in. One file a feature,
// named as in the schema, the resolvers and the database package.
//
// A rule that says no returns a *Refusal, which callers see as a problem; nothing else does.
package market
