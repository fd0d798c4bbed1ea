// Package market contains the rules of the market and its entities: pure Go, without I/O; the time is passed in. There
// is one file for each feature, named as in the schema, the resolvers and the database package.
//
// A rule that refuses returns a *Refusal, which callers see as a problem. Nothing else becomes a problem.
package market
