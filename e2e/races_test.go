package e2e_test

import (
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
)

// Each race is run with its guards in place and with each of them removed. So that the order does not depend on the
// machine, everybody is held up at the same place, as many as the service has connections, and then let go.
const connectionCount = 8

// The guards, removed.
const (
	withoutNeedLock     = `CREATE OR REPLACE FUNCTION dps.lock_need(need uuid, exclusive boolean) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'`
	withoutOneLiveAward = `DROP INDEX dps.award_one_live`
)

// withoutSettingLock is the check of capacity without the lock that keeps it true until the commit. The check of who runs the setting takes
// the same lock, so that it goes too.
const withoutSettingLock = `DO $$ BEGIN EXECUTE regexp_replace(pg_get_functiondef('dps.within_capacity'::regproc), 'PERFORM ` +
	`pg_advisory_xact_lock[^;]*;', ''); END $$;
	ALTER TABLE dps.placement DISABLE TRIGGER placed_with_who_runs_it`

// withoutRecallLock is the memory of retries without the lock that makes one wait for another.
const withoutRecallLock = `DO $$ BEGIN EXECUTE regexp_replace(pg_get_functiondef('dps.recall'::regproc), 'PERFORM ` +
	`pg_advisory_xact_lock[^;]*;', ''); END $$`

func TestProposeAwardFiftyAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offers := []string{s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4100.00")}
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offers...)
	for i := range 5 {
		s.declareNoInterest(anotherPerson(kent.commissioner, i), need)
	}
	for _, race := range []struct {
		name   string
		guards []string // taken away, and away from then on
		holds  bool
	}{
		{"with both guards", nil, true},
		{"with the lock alone", []string{withoutOneLiveAward}, true},
		{"with neither", []string{withoutNeedLock}, false},
		{"with the unique index alone", []string{
			"DELETE FROM dps.award",
			`CREATE UNIQUE INDEX award_one_live ON dps.award (need_id) WHERE declined_at IS NULL AND lapsed_at IS NULL`,
		}, true},
	} {
		t.Run(race.name, func(t *testing.T) {
			s := s.forSubtest(t)
			s.execAsAdmin("DELETE FROM dps.award")
			for _, statement := range race.guards {
				s.execAsAdmin(statement)
			}
			var answers map[string]int
			s.holdUpByLock("LOCK TABLE dps.award IN EXCLUSIVE MODE", connectionCount, func() {
				answers = atOnce(50, func(i int) string {
					return s.tryChange(anotherPerson(kent.commissioner, i%5), "proposeAward", fields{
						"offer":  offers[i%2],
						"reason": "Synthetic: on the whole this one is the best for the child, as the notes say.",
					}, "").code
				})
			}, nil)
			if one := maps.Equal(answers, map[string]int{"": 1, "ALREADY_EXISTS": 49}); one != race.holds {
				t.Errorf("answers: %v", answers)
			}
			if n := s.countRows("award"); (n == 1) != race.holds {
				t.Errorf("%d awards", n)
			}
		})
	}
}

// TestAcceptAwardFiftyAtOnceForTheLastPlace: the needs are those of five authorities, none of which sees another's.
func TestAcceptAwardFiftyAtOnceForTheLastPlace(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	const home, places, rivals = 2, 4, 50
	awards := s.approveAwardsInOneHome(home, places-1+rivals)
	for _, award := range awards[:places-1] {
		s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": award}, "")
	}
	race := func(t *testing.T, awards []string) map[string]int {
		var answers map[string]int
		s := s.forSubtest(t)
		s.holdUpByLock("LOCK TABLE dps.agreement IN EXCLUSIVE MODE", connectionCount, func() {
			answers = atOnce(len(awards), func(i int) string {
				return s.tryChange(bidsManagerOf(1), "acceptAward", fields{"award": awards[i]}, "").code
			})
		}, nil)
		return answers
	}
	t.Run("with its guard", func(t *testing.T) {
		if answers := race(t, awards[places-1:]); !maps.Equal(answers, map[string]int{"": 1, "NO_CAPACITY": rivals - 1}) {
			t.Errorf("answers: %v", answers)
		}
		if n := s.countRows("placement WHERE setting_id = $1", demo.SettingID(home)); n != places {
			t.Errorf("%d children in a home of %d places", n, places)
		}
		if n := s.countRows("award WHERE accepted_at IS NOT NULL"); n != places {
			t.Errorf("%d awards are accepted", n)
		}
	})
	t.Run("without it, the home is overfull", func(t *testing.T) {
		s.execAsAdmin(withoutSettingLock)
		s.execAsAdmin("UPDATE dps.setting SET places = $2 WHERE id = $1", demo.SettingID(home), places+1)
		var left []string
		for _, award := range awards {
			if s.countRows("award WHERE id = $1 AND accepted_at IS NULL", uuidOf(t, award)) == 1 {
				left = append(left, award)
			}
		}
		if answers := race(t, left); answers[""] < 2 {
			t.Errorf("answers: %v", answers)
		}
	})
}

// approveAwardsInOneHome brings needs of several authorities to an approved award in the same home, in parallel.
func (s *scene) approveAwardsInOneHome(home, n int) []string {
	s.t.Helper()
	all := []authorityStaff{staffOf("Kent"), staffOf("Surrey"), staffOf("East Sussex"), staffOf("Brighton and Hove"), staffOf("Croydon")}
	needs, offers, awards := make([]string, n), make([]string, n), make([]string, n)
	sideBySide := func(do func(i int)) {
		var group sync.WaitGroup
		for i := range n {
			group.Go(func() { do(i) })
		}
		group.Wait()
	}
	sideBySide(func(i int) {
		needs[i] = s.publishNeed(all[i%len(all)].commissioner)
		offers[i] = s.submitOffer(bidsManagerOf((home+1)/2), needs[i], home, "4000.00")
	})
	s.passTime(pastDeadline)
	sideBySide(func(i int) {
		s.rankOffers(all[i%len(all)], needs[i], offers[i])
		awards[i] = s.approveAward(all[i%len(all)], offers[i])
	})
	return awards
}

// TestOpenOffersByTwoOfficersAtOnce: each counts the other.
func TestOpenOffersByTwoOfficersAtOnce(t *testing.T) {
	for name, guard := range map[string]struct {
		away  string
		opens bool
	}{"with the lock": {"SELECT 1", true}, "without it, each waits for the other for ever": {withoutNeedLock, false}} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2))
			kent := staffOf("Kent")
			need := s.publishNeed(kent.commissioner)
			s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
			s.submitOffer(bidsManagerOf(2), need, 4, "4100.00")
			s.passTime(pastDeadline)
			s.declareNoInterest(anotherPerson(kent.opener, 0), need)
			s.declareNoInterest(anotherPerson(kent.opener, 1), need)
			s.execAsAdmin(guard.away)
			var answers map[string]int
			s.holdUpByLock("LOCK TABLE dps.event IN EXCLUSIVE MODE", 2, func() {
				answers = atOnce(2, func(i int) string {
					return s.tryChange(anotherPerson(kent.opener, i), "openOffers", fields{"need": need}, "").code
				})
			}, nil)
			if answers[""] != 2 {
				t.Errorf("answers: %v", answers)
			}
			seen := s.readNode(kent.commissioner, "Need", need, "status offers { id }")
			if opened := seen.At("status").Text() == "OPENED" && len(seen.At("offers").All()) == 2; opened != guard.opens {
				t.Errorf("status %s, %d offers", seen.At("status").Text(), len(seen.At("offers").All()))
			}
		})
	}
}

// TestOpenOffersTwiceByOneOfficer: at the same instant too.
func TestOpenOffersTwiceByOneOfficer(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	answers := atOnce(20, func(int) string { return s.tryChange(kent.opener, "openOffers", fields{"need": need}, "").code })
	if answers[""] != 20 || s.countRows("opening_approval") != 1 || s.countRows("offer") != 0 {
		t.Errorf("answers %v, %d approvals, %d offers opened", answers, s.countRows("opening_approval"), s.countRows("offer"))
	}
	answers = atOnce(20, func(int) string {
		return s.tryChange(anotherPerson(kent.opener, 2), "openOffers", fields{"need": need}, "").code
	})
	if answers[""] < 1 || answers[""]+answers["WRONG_STATE"]+answers["TOO_EARLY"] != 20 || s.countRows("offer") != 1 {
		t.Errorf("answers %v, %d offers opened", answers, s.countRows("offer"))
	}
}

// TestLockScoresByTwoEvaluatorsAtOnce: if the procedure asks for one, one is in time and the ranking is made once.
func TestLockScoresByTwoEvaluatorsAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	s.assessAsSuitable(kent.commissioner, offer)
	for i := range 2 {
		s.mustChange(anotherPerson(kent.evaluator, i), "scoreOffer", s.scoreInput(offer, 3+i), "")
	}
	var answers map[string]int
	s.holdUpByLock("LOCK TABLE dps.event IN EXCLUSIVE MODE", 2, func() {
		answers = atOnce(2, func(i int) string {
			return s.tryChange(anotherPerson(kent.evaluator, i), "lockScores", fields{"need": need}, "").code
		})
	}, nil)
	if !maps.Equal(answers, map[string]int{"": 1, "WRONG_STATE": 1}) || s.countRows("ranking") != 1 ||
		s.countRows("score_sheet WHERE locked_at IS NOT NULL") != 1 {
		t.Errorf("answers %v, %d rankings, %d locked sheets", answers, s.countRows("ranking"),
			s.countRows("score_sheet WHERE locked_at IS NOT NULL"))
	}
}

// TestLockScoresByBothEvaluatorsAtOnce: if the procedure asks for both, both count, and moderation begins.
func TestLockScoresByBothEvaluatorsAtOnce(t *testing.T) {
	for name, guard := range map[string]string{
		"with the lock": "SELECT 1",
		"sheets are rows of their own, so it holds without": withoutNeedLock,
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, "SCORED", bidsManagerOf(1))
			kent := staffOf("Kent")
			need := s.publishNeed(kent.commissioner)
			offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
			s.passTime(pastDeadline)
			for i := range 2 {
				s.mustChange(anotherPerson(kent.opener, i), "openOffers", fields{"need": need}, "")
			}
			s.assessAsSuitable(kent.commissioner, offer)
			s.declareNoInterest(anotherPerson(kent.evaluator, 0), need)
			s.declareNoInterest(anotherPerson(kent.evaluator, 1), need)
			s.execAsAdmin(guard)
			both := func(mutation string, in func() fields) {
				var answers map[string]int
				s.holdUpByLock("LOCK TABLE dps.event IN EXCLUSIVE MODE", 2, func() {
					answers = atOnce(2, func(i int) string { return s.tryChange(anotherPerson(kent.evaluator, i), mutation, in(), "").code })
				}, nil)
				if answers[""] != 2 {
					t.Errorf("%s: %v", mutation, answers)
				}
			}
			both("scoreOffer", func() fields { return s.scoreInput(offer, 4) })
			both("lockScores", func() fields { return fields{"need": need} })
			moderation := s.scoreInput(offer, 4)
			moderation["scores"] = []fields{{"criterion": s.criterionID(), "points": "4", "reason": "Synthetic: agreed."}}
			s.mustChange(demo.Moderator, "moderateOffer", moderation, "")
			if n := s.countRows("score"); n != 2 {
				t.Errorf("%d scores of two evaluators", n)
			}
		})
	}
}

// TestSubmitOfferWhileTheDeadlinePasses: in any order, an offer exists exactly if its provider was told that it was
// received in time. Closing waits for offers that are being submitted.
func TestSubmitOfferWhileTheDeadlinePasses(t *testing.T) {
	var bidders []demo.Persona
	for n := 1; n <= 20; n++ {
		bidders = append(bidders, bidsManagerOf(n))
	}
	s := newScene(t, "MATCHING", bidders...)
	need := s.publishNeed(staffOf("Kent").commissioner)
	var moved sync.WaitGroup
	answers := atOnce(len(bidders), func(i int) string {
		if i == len(bidders)/2 {
			moved.Go(func() {
				s.passTime(pastDeadline)
				_, err := record.Work(t.Context(), s.Worker)
				if err != nil {
					t.Error(err)
				}
			})
		}
		return s.tryChange(bidders[i], "submitOffer", s.offerInput(need, 2*(i+1), "4000.00"), "").code
	})
	moved.Wait()
	if answers[""]+answers["DEADLINE_PASSED"] != len(bidders) || s.countRows("sealed_offer") != answers[""] {
		t.Errorf("answers %v, %d offers", answers, s.countRows("sealed_offer"))
	}
	if late := s.countRows("sealed_offer o JOIN dps.need n ON n.id = o.need_id WHERE o.received_at > n.deadline"); late > 0 {
		t.Errorf("%d offers were received late", late)
	}
	if s.countRows("need WHERE closed_at > deadline") != 1 {
		t.Error("the need is not closed")
	}
}

// TestManyChangesShareTheConnections: requests with several changes in them do not take each other's connections.
func TestManyChangesShareTheConnections(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	answers := atOnce(4*connectionCount, func(i int) string {
		who := anotherPerson(staffOf("Kent").commissioner, i)
		in := func(n int) fields {
			return fields{
				"idempotencyKey": fmt.Sprintf("side by side %d %d", i, n), "lot": s.lot, "ageLow": 10,
				"ageHigh": 12, "primaryNeed": anyNeed,
				"legalBasis": "SECTION_20", "homeOutcode": "BN11", "travelMiles": 30, "startFrom": "2030-01-01", "startTo": "2030-02-01",
				"profile": "Synthetic: a calm home.", "outcomes": "Synthetic: to feel safe.",
			}
		}
		reply := s.sendQuery(t, who, `mutation($a: CreateNeedInput!, $b: CreateNeedInput!) {
			a: createNeed(input: $a) { need { id authority { name } } } b: createNeed(input: $b) { need { id authority { name } } } }`,
			fields{"a": in(1), "b": in(2)})
		if len(reply.Errors) > 0 {
			return reply.Errors[0].Extensions.Code
		}
		return ""
	})
	if answers[""] != 4*connectionCount || s.countRows("need") != 8*connectionCount {
		t.Errorf("answers %v, %d needs", answers, s.countRows("need"))
	}
}
