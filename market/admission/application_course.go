package admission

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/southeasttogether/dps/market/course"
)

// ApplicationCourse is what followed from an application, with its reader.
type ApplicationCourse struct {
	Capacity   string     `json:"capacity"` // of the reader
	Authority  string     `json:"authority"`
	Provider   string     `json:"provider"`
	Decided    bool       `json:"decided"`
	DecideBy   *time.Time `json:"decideBy"`
	QuestionBy *time.Time `json:"questionBy"` // of the question that waits for an answer
	AppealBy   *time.Time `json:"appealBy"`   // of the appeal that waits for a decision
}

// Scan reads the JSON value.
func (c *ApplicationCourse) Scan(v any) error {
	switch raw := v.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(raw, c)
	case string:
		return json.Unmarshal([]byte(raw), c)
	default:
		return fmt.Errorf("not a course: %T", v)
	}
}

// nextActs is what comes next. It is empty once the application is decided and no appeal waits. An applicant that is asked answers
// first; the market manager can admit it meanwhile, and decides when its time to answer is over.
func (c ApplicationCourse) nextActs() []*course.NextAct {
	acts := []*course.NextAct{}
	add := func(kind course.NextActKind, capacity, organisation string, due *time.Time) {
		acts = append(acts, &course.NextAct{
			Act: kind, Capacity: capacity, Organisation: &organisation, Due: due, Yours: c.Capacity == capacity,
		})
	}
	if !c.Decided && c.QuestionBy != nil {
		add(course.ActAnswerApplication, "bids_manager", c.Provider, c.QuestionBy)
	}
	if !c.Decided {
		add(course.ActDecideApplication, "market_manager", c.Authority, c.DecideBy)
	}
	if c.AppealBy != nil {
		add(course.ActDecideAppeal, "market_manager", c.Authority, c.AppealBy)
	}
	return acts
}
