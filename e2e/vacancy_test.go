package e2e_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// TestDeclareVacanciesFromADay: a provider declares free places from days on; who looks for a day finds by what holds then.
func TestDeclareVacanciesFromADay(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	own := settingOf(2)
	s.execAsAdmin("UPDATE dps.setting SET vacancies = 0")
	declare := func(days, free int) {
		t.Helper()
		s.mustChange(bidsManagerOf(1), "declareVacancies", fields{"setting": own, "fromOn": s.dayFromNow(days), "free": free},
			"setting { vacancies }")
	}
	on := func(days int) bool {
		t.Helper()
		return len(settingNames(s.readData(demo.Commissioner,
			"query($f: PlaceFilter) { places(filter: $f) { edges { node { setting { name } } } } }",
			fields{"f": fields{"vacancyOn": s.dayFromNow(days), "lot": s.lot}}))) > 0
	}
	free := func() string { return s.readNode(demo.Public, "Setting", own, "vacancies").At("vacancies").Text() }
	if on(0) || on(100) || free() != "0" {
		t.Fatal("a place is free that nobody declared")
	}
	declare(10, 2)
	declare(20, 0)
	if on(0) || on(9) || !on(10) || !on(19) || on(20) || free() != "0" {
		t.Errorf("declared from the tenth to the twentieth day: %t %t %t %t %t", on(0), on(9), on(10), on(19), on(20))
	}
	s.passTime(10 * 24 * time.Hour)
	if !on(0) || free() != "2" {
		t.Errorf("on the tenth day: %t, %s free", on(0), free())
	}
	declare(0, 1)
	if free() != "1" || len(s.readNode(demo.Public, "Setting", own, "declared { fromOn free }").At("declared").All()) != 2 {
		t.Errorf("declared again: %s free", free())
	}
	s.requireRefused("NOT_FOUND", bidsManagerOf(2), "declareVacancies", fields{"setting": own, "fromOn": s.dayFromNow(0), "free": 1})
	s.requireRefused("INVALID", bidsManagerOf(1), "declareVacancies", fields{"setting": own, "fromOn": s.dayFromNow(-1), "free": 1})
	s.requireRefused("INVALID", bidsManagerOf(1), "declareVacancies", fields{"setting": own, "fromOn": s.dayFromNow(0), "free": 5})
	s.requireRefused("FORBIDDEN", demo.Commissioner, "declareVacancies", fields{"setting": own, "fromOn": s.dayFromNow(0), "free": 1})
}
