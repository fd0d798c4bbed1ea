// Package guard refuses what a caller cannot have before anything runs. In the order in which a request meets them:
//
//	bounds.go     the shape of the document: its tokens, depth, aliases, before it is validated
//	gate.go       what the caller's capacity can never use or read, by the schema's @can
//	objects.go    how many objects the operation may return if every list is full
//	catalogue.go  how much of the schema itself it returns
//
// schema_answers.go answers what asks for the whole schema, once it was answered.
//
// How much work a caller has caused lately is package rate's. What an operation really returns is counted as it runs: package levels.
package guard
