package db_test

import (
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

func TestMigrateMakesWhatOpenExpects(t *testing.T) { dbtest.New(t) }
