// Package postgres runs a private PostgreSQL as a child of the program: for `dps demo`, and for the tests, which use a
// real database and never a stand-in. It needs PostgreSQL's own programs on the machine, and nothing configured.
//
// The server listens on a unix socket in a folder that only its own user (and root) may enter, so that it can trust
// every login there, and so that two of them never want the same port. It ends with the program, however that ends.
package postgres
