// Package guard refuses what a caller cannot have before anything runs. In the order in which a request meets them:
//
//	rate.go       how much work a caller has caused lately
//	bounds.go     the shape of the document: its tokens, depth, aliases, before it is validated
//	gate.go       what the caller's capacity can never use or read, by the schema's @can
//	objects.go    how many objects the operation may return if every list is full
//	catalogue.go  how much of the schema itself it returns
//
// What an operation really returns is counted as it runs: package levels.
package guard
