// Package session opens connections that prepare each statement once for each database role, reads values in PostgreSQL's binary form,
// and puts a transaction of one statement into one round trip. It knows nothing of what is read.
//
//	pool, err := session.Open(connector, 10*time.Second, trace)
//	var needs []*need // struct { ID uuid.UUID `db:"id"`; Reference string `db:"reference"` }
//	asked := session.All(&needs, "SELECT id, reference FROM need WHERE lot_id = $1", lot)
//	if answered, err := pool.Ask(ctx, caller, asked); err == nil && !answered { // the connection has not met the statement yet
//		tx, err := pool.Begin(ctx, session.ReadOnly, caller)
//		...
//		err = tx.Query(ctx, asked)
//	}
package session
