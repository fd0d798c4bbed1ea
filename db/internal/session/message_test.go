package session_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// tracedPool is a pool of a single connection, and the messages that it sent.
func tracedPool(t *testing.T) (*session.Pool, *[]string) {
	t.Helper()
	d, sent := dbtest.New(t), &[]string{}
	connector, err := pq.NewConnector(postgrestest.Server(t).URL("dps_api", d.Name) + "&search_path=dps&binary_parameters=yes")
	must(t, err)
	pool, err := session.Open(connector, time.Minute, func(_ context.Context, text string) { *sent = append(*sent, text) })
	must(t, err)
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = pool.Close() })
	return pool, sent
}

// savedSearches are what a message writes and reads.
type savedSearches struct {
	pool    *session.Pool
	officer session.Caller
}

const insertSearch = "INSERT INTO saved_search (id, organisation_id, person, name, shared, filter) VALUES ($1, $2, $3, $4, false, '{}')"

func (s savedSearches) insert(touched *int, id uuid.UUID, name string) session.Query {
	return session.Write(touched, insertSearch, id, s.officer.Organisation, s.officer.Person, name)
}

// begin opens a transaction that reads twice at its beginning.
func (s savedSearches) begin(t *testing.T, names *[]string) (*session.Tx, *string) {
	t.Helper()
	var role *string
	tx, err := s.pool.BeginWith(t.Context(), session.ReadWrite, s.officer, session.Optional(&role, "SELECT current_user::text AS role"),
		session.All(names, "SELECT name FROM saved_search WHERE person = $1 ORDER BY name", s.officer.Person))
	must(t, err)
	return tx, role
}

func newSavedSearches(t *testing.T) (savedSearches, *[]string) {
	t.Helper()
	pool, sent := tracedPool(t)
	who := session.Caller{Role: policy.Commissioner.Database(), Person: "synthetic.officer", Organisation: uuid.NewString()}
	return savedSearches{pool, who}, sent
}

// TestMessageIsOneRoundTrip once the connection knows its statements; before, and with what cannot be written, it answers the same.
func TestMessageIsOneRoundTrip(t *testing.T) {
	s, sent := newSavedSearches(t)
	for turn := range 3 {
		*sent = nil
		var before, after []string
		var touched, none int
		tx, role := s.begin(t, &before)
		done, err := tx.Send(t.Context(), s.insert(&touched, uuid.New(), "it's \\ "+string(rune('a'+turn))),
			session.Write(&none, "UPDATE saved_search SET name = $2 WHERE id = $1", uuid.New(), "nobody's"),
			session.All(&after, "SELECT name FROM saved_search WHERE person = $1 ORDER BY name", s.officer.Person))
		must(t, err)
		must(t, tx.Commit(t.Context()))
		if done != 3 || touched != 1 || none != 0 || *role != s.officer.Role {
			t.Errorf("turn %d: %d done, %d and %d rows, as %s", turn, done, touched, none, *role)
		}
		if len(before) != turn || len(after) != turn+1 || after[turn] != "it's \\ "+string(rune('a'+turn)) {
			t.Errorf("turn %d: %q before, %q after", turn, before, after)
		}
		if turn > 0 && len(*sent) != 3 {
			t.Errorf("turn %d: %d round trips, want 3: %q", turn, len(*sent), *sent)
		}
	}
}

// TestMessageEndsWhereAStatementFails, and says which one it was.
func TestMessageEndsWhereAStatementFails(t *testing.T) {
	s, _ := newSavedSearches(t)
	for turn := range 3 {
		for failing, names := range [][]string{{"", "b", "c"}, {"a", "", "c"}, {"a", "b", "a zero\x00byte"}} {
			var before []string
			var touched int
			tx, _ := s.begin(t, &before)
			if len(before) != 0 {
				t.Errorf("turn %d: %q is left of a message that failed", turn, before)
			}
			done, err := tx.Send(t.Context(), s.insert(&touched, uuid.New(), names[0]), s.insert(&touched, uuid.New(), names[1]),
				s.insert(&touched, uuid.New(), names[2]))
			if err == nil || done != failing || touched != failing {
				t.Errorf("turn %d: %d done, want %d: %v", turn, done, failing, err)
			}
			tx.Rollback(t.Context())
		}
	}
}
