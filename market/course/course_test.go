package course_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market/course"
)

var (
	courseNow    = time.Date(2026, time.June, 10, 12, 0, 0, 0, time.UTC)
	courseBefore = new(courseNow.Add(-24 * time.Hour))
	courseAfter  = new(courseNow.Add(24 * time.Hour))
)

// courseCase is a need as it can be, with its stage and its next acts for the capacity that reads it: kinds, with a star for what
// the reader can do now.
type courseCase struct {
	course course.Course
	stage  course.NeedStage
	acts   string
}

// factsOf are the facts that capacities can read.
var factsOf = map[string][]string{
	"commissioner": {"award", "scores", "place"}, "approver": {"award"}, "moderator": {"scores"}, "safeguarding_lead": {"place"},
	"bids_manager": {"award", "place"},
}

func courseOf(capacity string, change func(*course.Course)) course.Course {
	c := course.Course{
		Now: courseNow, Capacity: capacity, Person: "me", Declared: true, Authority: "Kent", Member: true, Facts: factsOf[capacity],
	}
	change(&c)
	return c
}

func published(c *course.Course) { c.PublishedAt, c.Deadline = courseBefore, courseAfter }
func closed(c *course.Course)    { c.PublishedAt, c.Deadline = courseBefore, courseBefore }
func opened(c *course.Course)    { closed(c); c.OpenedAt, c.Offers = courseBefore, true }
func ranked(c *course.Course) {
	opened(c)
	c.QualityLockedAt, c.PricesOpenedAt, c.RankedAt, c.Left = courseBefore, courseBefore, courseBefore, new(true)
}

// awarded is a ranked need with an award as it can be.
func awarded(change func(*course.AwardCourse)) func(*course.Course) {
	return func(c *course.Course) {
		ranked(c)
		c.Award = &course.AwardCourse{Provider: "Provider 01", ProviderID: new(uuid.New()), ProposedBy: "another"}
		change(c.Award)
	}
}

func approved(a *course.AwardCourse) { a.ApprovedAt, a.AcceptBy = courseBefore, courseAfter }

func placed(change func(*course.PlaceCourse)) func(*course.Course) {
	return awarded(func(a *course.AwardCourse) {
		approved(a)
		a.AcceptedAt, a.Place = courseBefore, &course.PlaceCourse{Starts: *courseAfter}
		change(a.Place)
	})
}

func both(all ...func(*course.Course)) func(*course.Course) {
	return func(c *course.Course) {
		for _, change := range all {
			change(c)
		}
	}
}

var courseCases = map[string]courseCase{
	"draft": {courseOf("commissioner", func(*course.Course) {}), course.StageDraft, "PUBLISH_NEED*"},
	"out":   {courseOf("commissioner", published), course.StageOut, "SUBMIT_OFFER"},
	"out, with a question": {
		courseOf("commissioner", both(published, func(c *course.Course) { c.Questions = true })), course.StageOut,
		"SUBMIT_OFFER ANSWER_QUESTIONS*",
	},
	"out, to a member": {courseOf("bids_manager", published), course.StageOut, "SUBMIT_OFFER*"},
	"out, to a suspended one": {
		courseOf("bids_manager", both(published, func(c *course.Course) { c.Member = false })), course.StageOut, "SUBMIT_OFFER",
	},
	"urgent": {
		courseOf("commissioner", both(published, func(c *course.Course) { c.Urgent = true })), course.StageOut, "ENTER_OFFER* PROPOSE_PLACE*",
	},
	"urgent, its time over": {
		courseOf("commissioner", both(closed, func(c *course.Course) { c.Urgent = true })),
		course.StageToAward, "PROPOSE_PLACE*",
	},
	"closed": {courseOf("opening_officer", closed), course.StageToOpen, "OPEN_OFFERS*"},
	"closed, undeclared": {
		courseOf("opening_officer", both(closed, func(c *course.Course) { c.Declared = false })), course.StageToOpen,
		"DECLARE_INTEREST* OPEN_OFFERS",
	},
	"closed, with a conflict": {
		courseOf("opening_officer", both(closed, func(c *course.Course) { c.Declared, c.Conflict = false, true })), course.StageToOpen,
		"OPEN_OFFERS",
	},
	"closed, the officer has said open": {
		courseOf("opening_officer", both(closed, func(c *course.Course) { c.Opened = true })), course.StageToOpen, "OPEN_OFFERS",
	},
	"closed, to a consortium": {
		courseOf("consortium_officer", both(closed, func(c *course.Course) { c.Delegated = []string{"EVALUATE"} })), course.StageToOpen,
		"OPEN_OFFERS*",
	},
	"closed, to a consortium for other things": {
		courseOf("consortium_officer", both(closed, func(c *course.Course) { c.Delegated = []string{"MANAGE"} })), course.StageToOpen,
		"OPEN_OFFERS",
	},
	"opened": {courseOf("evaluator", opened), course.StageEvaluating, "SCORE_OFFERS*"},
	"opened, own locked": {
		courseOf("evaluator", both(opened, func(c *course.Course) { c.SheetLocked = true })),
		course.StageEvaluating, "DECIDE_ON_OFFERS",
	},
	"ranked, to an evaluator": {courseOf("evaluator", ranked), course.StageToAward, "DECIDE_ON_OFFERS"},
	"ranked, to a consortium that evaluates": {
		courseOf("consortium_officer", both(ranked, func(c *course.Course) {
			c.Delegated, c.QueryBy, c.Left = []string{"EVALUATE"}, courseBefore, nil
		})), course.StageToAward, "DECIDE_PRICE_QUERY*",
	},
	"opened, unassessed": {
		courseOf("commissioner", both(opened, func(c *course.Course) { c.Unassessed = true })), course.StageEvaluating,
		"ASSESS_SUITABILITY* SCORE_OFFERS",
	},
	"opened, no offers": {
		courseOf("commissioner", both(opened, func(c *course.Course) { c.Offers = false })), course.StageEvaluating, "END_WITHOUT_AWARD*",
	},
	"opened, to agree": {
		courseOf("moderator", both(opened, func(c *course.Course) { c.ScoresLocked, c.Moderated = true, true })), course.StageEvaluating,
		"AGREE_SCORES*",
	},
	"opened, prices sealed": {
		courseOf("opening_officer", both(opened, func(c *course.Course) { c.QualityLockedAt = courseBefore })), course.StageEvaluating,
		"OPEN_PRICES*",
	},
	"opened, to a bidder": {courseOf("bids_manager", opened), course.StageEvaluating, "DECIDE_ON_OFFERS"},
	"opened, to a bidder with a query": {
		courseOf("bids_manager", both(opened, func(c *course.Course) { c.QueryBy = courseAfter })), course.StageEvaluating,
		"ANSWER_PRICE_QUERY* DECIDE_ON_OFFERS",
	},
	"ranked": {courseOf("commissioner", ranked), course.StageToAward, "PROPOSE_AWARD*"},
	"ranked, none left": {
		courseOf("commissioner", both(ranked, func(c *course.Course) { c.Left = new(false) })),
		course.StageToAward, "END_WITHOUT_AWARD*",
	},
	"ranked, queried": {
		courseOf("commissioner", both(ranked, func(c *course.Course) { c.QueryBy = courseAfter })), course.StageToAward, "ANSWER_PRICE_QUERY",
	},
	"ranked, not explained": {
		courseOf("commissioner", both(ranked, func(c *course.Course) { c.QueryBy = courseBefore })), course.StageToAward, "DECIDE_PRICE_QUERY*",
	},
	"ranked, explained": {
		courseOf("commissioner", both(ranked, func(c *course.Course) { c.QueryAnswered = true })), course.StageToAward, "DECIDE_PRICE_QUERY*",
	},
	"proposed": {courseOf("approver", awarded(func(*course.AwardCourse) {})), course.StageToApprove, "APPROVE_AWARD*"},
	"proposed by the approver": {
		courseOf("approver", awarded(func(a *course.AwardCourse) { a.ProposedBy = "me" })),
		course.StageToApprove, "APPROVE_AWARD",
	},
	"proposed for a draft": {courseOf("approver", func(c *course.Course) {
		c.Award = &course.AwardCourse{ProposedBy: "another"}
	}), course.StageToApprove, "APPROVE_AWARD*"},
	"proposed after a withdrawal": {courseOf("approver", both(awarded(func(*course.AwardCourse) {}), func(c *course.Course) {
		c.WithdrawnAt = courseBefore
	})), course.StageToApprove, "APPROVE_AWARD*"},
	"approved": {courseOf("bids_manager", awarded(approved)), course.StageToAccept, "ACCEPT_AWARD*"},
	"approved, with a notice": {courseOf("commissioner", awarded(func(a *course.AwardCourse) {
		approved(a)
		a.NoticeDue = courseAfter
	})), course.StageToAccept, "ACCEPT_AWARD RECORD_AWARD_NOTICE*"},
	"in standstill": {courseOf("bids_manager", awarded(func(a *course.AwardCourse) {
		approved(a)
		a.StandstillEnds = courseAfter
	})), course.StageStandstill, "ACCEPT_AWARD"},
	"declined": {
		courseOf("commissioner", awarded(func(a *course.AwardCourse) { approved(a); a.Over = true })),
		course.StageToAward, "PROPOSE_AWARD*",
	},
	"declined, to its bidder": {
		courseOf("bids_manager", awarded(func(a *course.AwardCourse) { approved(a); a.Over = true })),
		course.StageEnded, "",
	},
	"placed": {
		courseOf("commissioner", placed(func(*course.PlaceCourse) {})), course.StagePlaced,
		"SIGN_AGREEMENT* SIGN_AGREEMENT",
	},
	"placed and signed": {courseOf("commissioner", placed(func(p *course.PlaceCourse) {
		p.AuthoritySigned, p.ProviderSigned = true, true
	})), course.StagePlaced, "RECORD_FIRST_DAY"},
	"placed, the first day has come": {courseOf("commissioner", placed(func(p *course.PlaceCourse) {
		p.AuthoritySigned, p.ProviderSigned, p.Starts = true, true, *courseBefore
	})), course.StagePlaced, "RECORD_FIRST_DAY*"},
	"placed, the child will not come": {courseOf("commissioner", placed(func(p *course.PlaceCourse) {
		p.AuthoritySigned, p.ProviderSigned, p.NoticeGivenAt = true, true, courseBefore
	})), course.StagePlaced, "RECORD_END*"},
	"started": {courseOf("commissioner", placed(func(p *course.PlaceCourse) {
		p.AuthoritySigned, p.ProviderSigned, p.StartedAt = true, true, courseBefore
	})), course.StagePlaced, "RECORD_END*"},
	"started, with a last day": {courseOf("bids_manager", placed(func(p *course.PlaceCourse) {
		p.AuthoritySigned, p.ProviderSigned, p.StartedAt, p.Ends = true, true, courseBefore, courseAfter
	})), course.StagePlaced, "PREPARE_END*"},
	"the place has ended": {courseOf("commissioner", placed(func(p *course.PlaceCourse) {
		p.AuthoritySigned, p.ProviderSigned, p.StartedAt, p.Ends = true, true, courseBefore, courseBefore
	})), course.StageEnded, ""},
	"the place was cancelled": {courseOf("commissioner", both(placed(func(p *course.PlaceCourse) { p.CancelledAt = courseBefore }),
		func(c *course.Course) {
			c.Award.Over = true
		})), course.StageToAward, "PROPOSE_AWARD*"},
	"ended without an award": {courseOf("commissioner", both(ranked, func(c *course.Course) { c.Ended = true })), course.StageEnded, ""},
	"another was chosen":     {courseOf("bids_manager", both(ranked, func(c *course.Course) { c.Decided = true })), course.StageEnded, ""},
	"withdrawn": {
		courseOf("commissioner", both(published, func(c *course.Course) { c.WithdrawnAt = courseBefore })),
		course.StageWithdrawn, "",
	},
}

func TestCourseSaysStageAndNextActs(t *testing.T) {
	for name, c := range courseCases {
		t.Run(name, func(t *testing.T) {
			var acts []string
			for _, a := range c.course.NextActs() {
				said := string(a.Act)
				if a.Yours {
					said += "*"
				}
				acts = append(acts, said)
				if a.Capacity == "" {
					t.Errorf("nobody does %s", a.Act)
				}
			}
			if got := c.course.Stage(); got != c.stage || strings.Join(acts, " ") != c.acts {
				t.Errorf("%s: %v, want %s: %s", got, acts, c.stage, c.acts)
			}
		})
	}
}

// TestEveryStageHasAWayOn: nothing is left to do in a terminal stage, and something in every other, whoever reads it.
func TestEveryStageHasAWayOn(t *testing.T) {
	seen := map[course.NeedStage]bool{}
	for name, c := range courseCases {
		for _, capacity := range []string{
			"commissioner", "approver", "opening_officer", "evaluator", "moderator", "safeguarding_lead", "consortium_officer", "bids_manager",
		} {
			read := c.course
			read.Capacity, read.Facts = capacity, factsOf["commissioner"]
			stage, acts := read.Stage(), read.NextActs()
			seen[stage] = true
			if acts == nil || stage.IsTerminal() != (len(acts) == 0) {
				t.Errorf("%s, to %s: %s with %d acts", name, capacity, stage, len(acts))
			}
		}
	}
	for _, stage := range course.NeedStages {
		if !seen[stage] {
			t.Errorf("no case is %s", stage)
		}
	}
}

// TestCourseNamesDatesAndPeople: who, from when and by when.
func TestCourseNamesDatesAndPeople(t *testing.T) {
	c := courseOf("commissioner", awarded(func(a *course.AwardCourse) { approved(a); a.StandstillEnds = courseBefore }))
	if a := c.NextActs()[0]; *a.Organisation != "Provider 01" || a.Due != courseAfter || a.From != nil {
		t.Errorf("%+v", a)
	}
	c.Award.StandstillEnds, c.Award.Provider = courseAfter, ""
	if a := c.NextActs()[0]; a.Organisation != nil || a.From != courseAfter {
		t.Errorf("%+v", a)
	}
	if a := courseOf("bids_manager", published).NextActs()[0]; a.Organisation != nil || a.Due != courseAfter {
		t.Errorf("%+v", a)
	}
}
