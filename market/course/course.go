// Package course works out what is left to do for a need, and who does it.
package course

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// NeedStage is what is left to do for a need, worked out from all that followed from it.
type NeedStage string

// Stages of a need. Ended and withdrawn are terminal: nothing is left to do.
const (
	StageDraft      NeedStage = "DRAFT"
	StageOut        NeedStage = "OUT"
	StageToOpen     NeedStage = "TO_OPEN"
	StageEvaluating NeedStage = "EVALUATING"
	StageToAward    NeedStage = "TO_AWARD"
	StageToApprove  NeedStage = "TO_APPROVE"
	StageStandstill NeedStage = "STANDSTILL"
	StageToAccept   NeedStage = "TO_ACCEPT"
	StagePlaced     NeedStage = "PLACED"
	StageEnded      NeedStage = "ENDED"
	StageWithdrawn  NeedStage = "WITHDRAWN"
)

// NeedStages are all of them.
var NeedStages = []NeedStage{
	StageDraft, StageOut, StageToOpen, StageEvaluating, StageToAward, StageToApprove, StageStandstill, StageToAccept, StagePlaced,
	StageEnded, StageWithdrawn,
}

// IsTerminal says that nothing follows a stage.
func (s NeedStage) IsTerminal() bool { return s == StageEnded || s == StageWithdrawn }

// The facts on which some readers can rely. Who cannot read one is told of no act that depends on it.
const (
	factAward  = "award"
	factScores = "scores"
	factPlace  = "place"
)

// Course is what followed from a need, with its reader, as far as the reader can know it: a provider knows of its own award and place
// alone. It comes as one JSON value from the database's function course, which leaves out what each reader cannot read.
type Course struct {
	Now       time.Time `json:"now"`
	Capacity  string    `json:"capacity"` // of the reader
	Person    string    `json:"person"`
	Facts     []string  `json:"facts"`     // what else than the need the reader can read
	Delegated []string  `json:"delegated"` // what the authority delegates to the reader's consortium
	Declared  bool      `json:"declared"`  // the reader has declared to have no interest in the outcome
	Conflict  bool      `json:"conflict"`  // the reader has declared an interest
	Opened    bool      `json:"opened"`    // the reader has said "open" for the opening to come
	Member    bool      `json:"member"`    // the reader's provider is an active member of the lot

	Authority       string     `json:"authority"` // its name
	Urgent          bool       `json:"urgent"`
	PublishedAt     *time.Time `json:"publishedAt"`
	Deadline        *time.Time `json:"deadline"`
	OpenedAt        *time.Time `json:"openedAt"`
	QualityLockedAt *time.Time `json:"qualityLockedAt"`
	PricesOpenedAt  *time.Time `json:"pricesOpenedAt"`
	RankedAt        *time.Time `json:"rankedAt"`
	WithdrawnAt     *time.Time `json:"withdrawnAt"`
	Ended           bool       `json:"ended"`   // without an award
	Decided         bool       `json:"decided"` // the reader's provider was told that its offer was not awarded
	Questions       bool       `json:"questions"`
	OneEvaluator    bool       `json:"oneEvaluator"` // a commissioner can open and score, too
	Moderated       bool       `json:"moderated"`
	ScoresLocked    bool       `json:"scoresLocked"`
	SheetLocked     bool       `json:"sheetLocked"` // that of the reader
	Offers          bool       `json:"offers"`
	Unassessed      bool       `json:"unassessed"`
	Left            *bool      `json:"left"`    // an offer can still be awarded; nil where the reader cannot know
	QueryBy         *time.Time `json:"queryBy"` // when the time to answer an open query about a price ends
	QueryAnswered   bool       `json:"queryAnswered"`

	Award *AwardCourse `json:"award"` // the latest; nil if there is none
}

// AwardCourse is what followed from an award.
type AwardCourse struct {
	ProposedBy     string       `json:"proposedBy"` // empty where the reader cannot know
	Urgent         bool         `json:"urgent"`     // by telephone, because a place was needed at once
	Provider       string       `json:"provider"`   // its name; empty where the reader cannot know
	ProviderID     *uuid.UUID   `json:"providerId"`
	ProposedAt     time.Time    `json:"proposedAt"`
	ApprovedAt     *time.Time   `json:"approvedAt"`
	StandstillEnds *time.Time   `json:"standstillEnds"`
	AcceptBy       *time.Time   `json:"acceptBy"`
	AcceptedAt     *time.Time   `json:"acceptedAt"`
	PanelMissing   bool         `json:"panelMissing"` // the panel's decision on the proposal
	AreaMissing    bool         `json:"areaMissing"`  // the approval of a place outside the area
	Over           bool         `json:"over"`         // rejected, declined, lapsed or cancelled
	NoticeDue      *time.Time   `json:"noticeDue"`    // of the first notice that is owed
	Place          *PlaceCourse `json:"place"`
}

// PlaceCourse is what followed from a place.
type PlaceCourse struct {
	Starts          time.Time  `json:"starts"` // the agreed first day
	StartedAt       *time.Time `json:"startedAt"`
	Ends            *time.Time `json:"ends"` // the end of the last day
	CancelledAt     *time.Time `json:"cancelledAt"`
	NoticeGivenAt   *time.Time `json:"noticeGivenAt"` // by the provider, where the authority has recorded no end since
	AuthoritySigned bool       `json:"authoritySigned"`
	ProviderSigned  bool       `json:"providerSigned"`
	NoticeFirst     bool       `json:"noticeFirst"` // an award notice has to be published before anybody signs
}

// Scan reads the JSON value. Without one, the reader cannot know anything.
func (c *Course) Scan(v any) error {
	switch raw := v.(type) {
	case nil:
		*c = Course{}
		return nil
	case []byte:
		return json.Unmarshal(raw, c)
	case string:
		return json.Unmarshal([]byte(raw), c)
	default:
		return fmt.Errorf("not a course: %T", v)
	}
}

// hasPassed says whether a moment is over.
func (c Course) hasPassed(at *time.Time) bool { return at != nil && c.Now.After(*at) }

// liveAward is the award that stands; nil if there is none.
func (c Course) liveAward() *AwardCourse {
	if c.Award == nil || c.Award.Over {
		return nil
	}
	return c.Award
}

// Stage works out the stage. An award that stands comes before everything else: a place can be found by another route for a draft or a
// need that was withdrawn. For a provider, what the authority does between the opening and its letter is one stage, and the need has
// ended once its letter says so. For people who cannot read awards, a need whose offers have an order stays to be awarded.
func (c Course) Stage() NeedStage {
	if a := c.liveAward(); a != nil {
		return c.stageOfAward(*a)
	}
	switch provider := c.isProvider(); {
	case c.WithdrawnAt != nil:
		return StageWithdrawn
	case c.Ended || c.Decided || provider && c.Award != nil:
		return StageEnded
	case provider && c.OpenedAt != nil:
		return StageEvaluating
	default:
		return c.stageOfCall()
	}
}

// stageOfCall is the stage of a need that is not withdrawn and has no award.
func (c Course) stageOfCall() NeedStage {
	switch {
	case c.RankedAt != nil || c.Urgent && c.hasPassed(c.Deadline):
		return StageToAward
	case c.OpenedAt != nil:
		return StageEvaluating
	case c.PublishedAt == nil:
		return StageDraft
	case c.hasPassed(c.Deadline):
		return StageToOpen
	default:
		return StageOut
	}
}

func (c Course) stageOfAward(a AwardCourse) NeedStage {
	switch {
	case a.Place != nil && c.hasPassed(a.Place.Ends):
		return StageEnded
	case a.AcceptedAt != nil:
		return StagePlaced
	case a.ApprovedAt == nil:
		return StageToApprove
	case a.StandstillEnds != nil && !c.hasPassed(a.StandstillEnds):
		return StageStandstill
	default:
		return StageToAccept
	}
}

// reads says whether the reader can read a fact.
func (c Course) reads(fact string) bool { return slices.Contains(c.Facts, fact) }

func (c Course) isProvider() bool { return c.Capacity == "bids_manager" }

// holds says whether the reader acts in a capacity for this need: as one of its authority's, as one who is appointed to it, or for a
// consortium to which the authority delegates it.
func (c Course) holds(p actPlan) bool {
	if c.Capacity == "consortium_officer" {
		return p.delegable != "" && slices.Contains(c.Delegated, p.delegable)
	}
	return c.Capacity == p.capacity
}
