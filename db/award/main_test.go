package award_test

import (
	"testing"

	"github.com/southeasttogether/dps/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }
