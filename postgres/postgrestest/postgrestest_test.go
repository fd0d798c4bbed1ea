package postgrestest

import (
	"database/sql"
	"testing"

	_ "github.com/lib/pq"
)

func TestMain(m *testing.M) { Main(m) }

// The program's logins have no passwords: the closed folder is what keeps others out.
func TestEveryLoginConnects(t *testing.T) {
	s := Server(t)
	for _, step := range []struct{ login, statement string }{
		{s.Superuser(), `create role synthetic_login login`},
		{"synthetic_login", `select 1`},
		{s.Superuser(), `drop role synthetic_login`},
	} {
		db, err := sql.Open("postgres", s.URL(step.login, "postgres"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if _, err := db.Exec(step.statement); err != nil {
			t.Fatalf("%s: %v", step.login, err)
		}
	}
}
