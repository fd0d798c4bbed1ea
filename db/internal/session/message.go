package session

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/jmoiron/sqlx"
)

// A message is several statements that are sent together and answered together: one round trip. PostgreSQL runs them in their order. Each
// sees what those before it wrote, and the first that fails ends the message. A connection sends them one by one where it has not met all
// of them yet.

// Optional reads the first row into dest, a pointer to a pointer, which stays nil where there is no row.
func Optional[T any](dest **T, text string, args ...any) Query {
	return Query{Text: text, Args: args, rowType: reflect.TypeFor[T](), add: func(_ int, row reflect.Value) {
		if *dest == nil {
			*dest = row.Interface().(*T)
		}
	}}
}

// Call runs a statement whose one column is a text that nobody needs.
func Call(text string, args ...any) Query {
	return Query{Text: text, Args: args, rowType: reflect.TypeFor[string](), add: func(int, reflect.Value) {}}
}

// Write runs an INSERT, UPDATE or DELETE that returns nothing, and adds to touched how many rows it touched.
func Write(touched *int, text string, args ...any) Query {
	return Query{
		Text: text + " RETURNING 1 AS touched", Args: args, rowType: reflect.TypeFor[int](),
		add: func(int, reflect.Value) { *touched++ },
	}
}

// BeginWith opens a transaction for a caller and runs statements in it, in one round trip.
func (p *Pool) BeginWith(ctx context.Context, mode string, who Caller, queries ...Query) (tx *Tx, err error) {
	if len(queries) == 0 {
		return p.Begin(ctx, mode, who)
	}
	return tx, p.onFreshConn(ctx, func(c *sqlx.Conn) (came bool, err error) {
		tx = &Tx{conn: c, pool: p, role: who.Role}
		came, err = tx.begin(ctx, mode, who, queries)
		if err != nil {
			tx.Rollback(ctx)
		}
		return came, err
	})
}

// begin says whether something has come from the connection.
func (t *Tx) begin(ctx context.Context, mode string, who Caller, queries []Query) (came bool, err error) {
	sent, done, err := t.message(ctx, beginning(mode, who), queries)
	if sent || err != nil {
		return done > 0, err
	}
	t.pool.trace(ctx, mode)
	if _, err := t.conn.ExecContext(ctx, beginning(mode, who)); err != nil {
		return false, err
	}
	_, err = t.SendOneByOne(ctx, queries...)
	return true, err
}

// beginning opens a transaction and enters it.
func beginning(mode string, who Caller) string {
	entry, _ := quoteLiterals(who.entryArgs())
	return mode + "; SELECT dps.enter" + entry
}

// Send runs statements in one round trip. Done is how many of them were: the next one failed, where there is an error.
func (t *Tx) Send(ctx context.Context, queries ...Query) (done int, err error) {
	if len(queries) == 0 {
		return 0, nil
	}
	if sent, done, err := t.message(ctx, "", queries); sent || err != nil {
		return done, err
	}
	return t.SendOneByOne(ctx, queries...)
}

// SendOneByOne runs each statement in a round trip of its own, with its arguments apart from its text.
func (t *Tx) SendOneByOne(ctx context.Context, queries ...Query) (done int, err error) {
	for _, q := range queries {
		if err := t.Query(ctx, q); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// message sends statements behind the beginning of a transaction, which answers one row, or behind nothing. It says false where nothing
// was sent.
func (t *Tx) message(ctx context.Context, first string, queries []Query) (sent bool, done int, err error) {
	layouts := make([][]*Layout, len(queries))
	for i, q := range queries {
		if layouts[i] = t.pool.layoutsOf(&q); layouts[i] == nil {
			return false, 0, nil
		}
	}
	err = onDriver(t.conn, func(c *conn) error {
		text, err := c.messageOf(ctx, first, t.role, queries)
		if text == "" || err != nil {
			return err
		}
		sent = true
		t.pool.trace(ctx, tracedMessage(first, queries))
		done, err = c.sendMessage(ctx, text, first != "", queries, layouts)
		return err
	})
	return sent, done, err
}

// tracedMessage is a message as whoever traces statements hears of it.
func tracedMessage(first string, queries []Query) string {
	texts := make([]string, len(queries))
	for i, q := range queries {
		texts[i] = q.Text
	}
	mode, _, _ := strings.Cut(first, ";")
	return strings.TrimPrefix(mode+"; "+strings.Join(texts, "; "), "; ")
}

// messageOf writes statements, behind what comes first, as one text; "" where this connection has not prepared one of them yet, or cannot
// write its arguments.
func (c *conn) messageOf(ctx context.Context, first, role string, queries []Query) (string, error) {
	var text strings.Builder
	text.WriteString(first)
	for i := range queries {
		name, err := c.nameOf(ctx, queries[i].sentAs(role))
		if name == "" || err != nil {
			return "", err
		}
		values, err := c.namedValues(queries[i].Args)
		if err != nil {
			return "", err
		}
		if text.Len() > 0 {
			text.WriteString("; ")
		}
		if !writeExecute(&text, name, values) {
			return "", nil
		}
	}
	return text.String(), nil
}

// writeExecute writes a statement with its arguments, and says whether it can. Bytes are those of a bytea. A zero byte would end the
// message in the middle: PostgreSQL is to meet it in an argument, and refuse it there.
func writeExecute(text *strings.Builder, name string, values []driver.NamedValue) bool {
	text.WriteString("EXECUTE " + name)
	for i, v := range values {
		text.WriteString([]string{"(", ", "}[min(i, 1)])
		if raw, ok := v.Value.([]byte); ok && raw != nil {
			text.WriteString(`E'\\x`)
			_, _ = hex.NewEncoder(text).Write(raw) // a text takes all
			text.WriteString("'")
			continue
		}
		written, ok := quoteLiteral(v.Value)
		if !ok || strings.Contains(written, "\x00") {
			return false
		}
		text.WriteString(written)
	}
	if len(values) > 0 {
		text.WriteString(")")
	}
	return true
}

// sendMessage sends a message and gives the rows of each statement to where they go. EXECUTE describes its rows when they are all there:
// an error that follows the rows of one statement is of the next.
func (c *conn) sendMessage(ctx context.Context, text string, begins bool, queries []Query, layouts [][]*Layout) (done int, err error) {
	rows, err := c.QueryContext(ctx, text, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if begins {
		if err := answerOf(rows); err != nil {
			return 0, err
		}
	}
	for i := range queries {
		if i > 0 || begins {
			if err := rows.(driver.RowsNextResultSet).NextResultSet(); err != nil {
				return done, fmt.Errorf("a statement without an answer: %w", err)
			}
		}
		err := queries[i].readRecords(rows, layouts[i])
		if done++; err != nil {
			return done, err
		}
	}
	return done, nil
}

// answerOf passes over the rows of a statement, and returns its error.
func answerOf(rows driver.Rows) error {
	for {
		if err := rows.Next(make([]driver.Value, 1)); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
