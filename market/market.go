package market

import (
	"time"

	"github.com/google/uuid"
)

// LotKind is a kind of place.
type LotKind string

// Kinds of place.
const (
	LotInmssDay         LotKind = "INMSS_DAY"
	LotInmssResidential LotKind = "INMSS_RESIDENTIAL"
	LotChildrensHome    LotKind = "CHILDRENS_HOME"
)

// ProcedureCode names a procedure.
type ProcedureCode string

// The procedures of a lot.
const (
	ProcedureMatching ProcedureCode = "MATCHING"
	ProcedureScored   ProcedureCode = "SCORED"
)

// Procedure is how offers are opened and evaluated, as switches.
type Procedure struct {
	Code       ProcedureCode `db:"code"`
	Openers    int           `db:"openers"`
	Evaluators int           `db:"evaluators"`
	Moderated  bool          `db:"moderated"`
	PriceLast  bool          `db:"price_last"`
	ShowsCount bool          `db:"shows_count"`
}

// Lot is a part of the market that providers apply to and needs are published in.
type Lot struct {
	ID              uuid.UUID  `db:"id"`
	AuthorityID     uuid.UUID  `db:"authority_id"`
	MarketID        uuid.UUID  `db:"market_id"`
	Name            string     `db:"name"`
	Description     string     `db:"description"`
	Kind            LotKind    `db:"kind"`
	Procedure       Procedure  `db:"p"`
	ShowsCount      bool       `db:"shows_count"`
	AgeLow          int        `db:"age_low"`
	AgeHigh         int        `db:"age_high"`
	Needs           Texts      `db:"needs"`
	Contract        string     `db:"contract"`
	ContractVersion string     `db:"contract_version"`
	PublishedAt     *time.Time `db:"published_at"`
}

// CriterionKind says whether people or arithmetic give the points.
type CriterionKind string

// Kinds of criterion.
const (
	CriterionQuality CriterionKind = "QUALITY"
	CriterionPrice   CriterionKind = "PRICE"
)

// Criterion is what an offer is judged by. Weight is its share of 100; points of TopScore earn points / TopScore x Weight.
type Criterion struct {
	ID          uuid.UUID     `db:"id"`
	LotID       uuid.UUID     `db:"lot_id"`
	Position    int           `db:"position"`
	Kind        CriterionKind `db:"kind"`
	Name        string        `db:"name"`
	Description string        `db:"description"`
	Weight      Decimal       `db:"weight"`
	TopScore    int           `db:"top_score"`
}

// Market is a legal regime, a period, and its lots.
type Market struct {
	ID              uuid.UUID         `db:"id"`
	AuthorityID     uuid.UUID         `db:"authority_id"`
	Name            string            `db:"name"`
	NoticeAt        time.Time         `db:"notice_at"`
	EndsOn          Date              `db:"ends_on"`    // as in the latest notice
	FeedbackMinimum int               `db:"feedback_k"` // as in the latest notice
	Regime          Regime            `db:"r"`
	Stated          StatedRules       `db:"stated"` // what its notices state
	Period          ApplicationPeriod `db:"period"`
	Notices         int               `db:"notices"`
	Ceased          bool              `db:"ceased"`

	Intention *Notice `db:"-"` // the notice before the market was set up; given when it is set up
}

// Regime is a legal regime as figures and switches, with the source of each in Source.
type Regime struct {
	Code                string       `db:"code"`
	Name                string       `db:"name"`
	Source              string       `db:"source"`
	MayBeEstablished    bool         `db:"may_be_established"`
	EstablishedUntil    *Date        `db:"established_until"`
	ExtendedUntil       *Date        `db:"extended_until"`
	EndsBy              *Date        `db:"ends_by"`
	FirstCallDays       int          `db:"first_call_days"`
	DecideWorkingDays   int          `db:"decide_working_days"`
	TenderDays          int          `db:"tender_days"`
	StandstillDays      int          `db:"standstill_days"`
	StandstillWorking   bool         `db:"standstill_working"`
	StandstillMandatory bool         `db:"standstill_mandatory"`
	InvitesEveryMember  bool         `db:"invites_every_member"`
	IntendedFirst       bool         `db:"intended_first"` // a notice of intention must come before the notice that sets the market up
	AlwaysOpen          bool         `db:"always_open"`    // applications are taken on any day; otherwise as the notices state
	WinnerReasons       bool         `db:"winner_reasons"` // every bidder is told why the awarded offer has its scores
	OpenRules           RuleCodeList `db:"stated"`         // the rules that each market states for itself
}

// RuleCode names a rule with a number that a market's notice can state.
type RuleCode string

// The rules that a notice can state.
const (
	RuleFirstCallDays     RuleCode = "FIRST_CALL_DAYS"
	RuleDecideWorkingDays RuleCode = "DECIDE_WORKING_DAYS"
	RuleTenderDays        RuleCode = "TENDER_DAYS"
	RuleStandstillDays    RuleCode = "STANDSTILL_DAYS"
	RuleFeedbackMinimum   RuleCode = "FEEDBACK_MINIMUM"
	RuleMostMembers       RuleCode = "MOST_MEMBERS"
	RuleAwardFee          RuleCode = "AWARD_FEE"
)

// RuleCodes are all of them, in the order of a need's life, starting with those that apply in every market.
var RuleCodes = []RuleCode{
	RuleDecideWorkingDays, RuleFirstCallDays, RuleTenderDays, RuleStandstillDays, RuleFeedbackMinimum,
	RuleMostMembers, RuleAwardFee,
}

// HoldsOnlyIfStated says whether a rule applies only if the law leaves it to the market and a notice states it. By
// default there is no cap and no charge.
func (c RuleCode) HoldsOnlyIfStated() bool { return c == RuleMostMembers || c == RuleAwardFee }

// Rule is a rule as it applies in a market: its number, and its source.
type Rule struct {
	Code   RuleCode `json:"code" db:"code"`
	Value  int      `json:"value" db:"value"`
	Source string   `json:"source" db:"source"`
}

// ApplicationPeriod is the period in which applications are taken. Both days are included. Without days, applications
// are taken at any time.
type ApplicationPeriod struct {
	From   *Date   `db:"from"`
	Until  *Date   `db:"until"`
	Source *string `db:"source"` // the reference of the notice that states it
}

// ApplicationPeriod is the period in which the market takes applications, from its latest notice; nil if it takes them
// at any time.
func (m Market) ApplicationPeriod() *ApplicationPeriod { return m.Period.nilIfUnstated() }

// ApplicationPeriod is the period in which applications are taken from the notice on; nil if the notice does not change
// it.
func (n Notice) ApplicationPeriod() *ApplicationPeriod { return n.Period.nilIfUnstated() }

func (p ApplicationPeriod) nilIfUnstated() *ApplicationPeriod {
	if p.Until == nil {
		return nil
	}
	return &p
}

// RuleCodeList is a list of rules' names; it is read from a JSON array.
type RuleCodeList []RuleCode

// Scan reads the array.
func (l *RuleCodeList) Scan(v any) error { return scanArray(v, l) }

// StatedRules are the rules that a market's notices state, the latest of each; read from a JSON array.
type StatedRules []Rule

// Scan reads the array.
func (s *StatedRules) Scan(v any) error { return scanArray(v, s) }

// FindRule finds a rule; nil if it is not stated.
func (s StatedRules) FindRule(code RuleCode) *Rule {
	for i, r := range s {
		if r.Code == code {
			return &s[i]
		}
	}
	return nil
}

// Rule is a rule as it applies in the market: from its latest notice, or otherwise from the regime.
func (m Market) Rule(code RuleCode) Rule {
	if r := m.Stated.FindRule(code); r != nil {
		return *r
	}
	if code == RuleFeedbackMinimum {
		return Rule{code, m.FeedbackMinimum, "The market's own, as it was established"}
	}
	return Rule{code, m.Regime.RuleDefault(code), m.Regime.Source}
}

// ForNeed is the market with the rules that were in force when a need was published. A later notice changes only later
// needs.
func (m Market) ForNeed(n Need) Market {
	if n.PublishedAt != nil {
		m.Stated = n.Stated
	}
	return m
}

// Rules are all rules that apply in the market now.
func (m Market) Rules() []*Rule { return m.rulesInForce(RuleCodes).rulePointers() }

// NeedRules are the rules for needs that apply now: a need that is published now keeps them.
func (m Market) NeedRules() StatedRules {
	return m.rulesInForce([]RuleCode{RuleFirstCallDays, RuleTenderDays, RuleStandstillDays, RuleAwardFee})
}

// Fee is what an award costs its winner; nil if nothing (Procurement Act 2023 s 38: a fixed percentage, and only of
// suppliers that are awarded contracts (check)).
func (m Market) Fee() *Rule { return m.Stated.FindRule(RuleAwardFee) }

func (m Market) rulesInForce(codes []RuleCode) StatedRules {
	all := make(StatedRules, 0, len(codes))
	for _, code := range codes {
		if !code.HoldsOnlyIfStated() || m.Stated.FindRule(code) != nil {
			all = append(all, m.Rule(code))
		}
	}
	return all
}

func (s StatedRules) rulePointers() []*Rule {
	all := make([]*Rule, len(s))
	for i := range s {
		all[i] = &s[i]
	}
	return all
}

// StatedByMarket are the rules that each market states for itself.
func (r Regime) StatedByMarket() []RuleCode { return r.OpenRules }

// RuleDefault is what the law of the regime says where no notice states a rule; 0 for a rule that holds only if stated.
func (r Regime) RuleDefault(code RuleCode) int {
	switch code {
	case RuleFirstCallDays:
		return r.FirstCallDays
	case RuleDecideWorkingDays:
		return r.DecideWorkingDays
	case RuleTenderDays:
		return r.TenderDays
	default:
		return r.StandstillDays
	}
}

// NoticeKind is a kind of market notice.
type NoticeKind string

// Kinds of notice, except the one that sets a market up.
const (
	NoticeIntend NoticeKind = "INTEND"
	NoticeModify NoticeKind = "MODIFY"
	NoticeCease  NoticeKind = "CEASE"
)

// Notice is a market notice. What it changes applies from its publication.
type Notice struct {
	ID          uuid.UUID         `db:"id"`
	AuthorityID uuid.UUID         `db:"authority_id"`
	MarketID    uuid.UUID         `db:"market_id"`
	Number      int               `db:"number"`
	Kind        NoticeKind        `db:"kind"`
	Reference   string            `db:"reference"`
	Words       string            `db:"words"`
	EndsOn      *Date             `db:"ends_on"`
	Period      ApplicationPeriod `db:"period"`
	PublishedAt time.Time         `db:"published_at"`
	Stated      StatedRules       `db:"stated"`
}

// Rules are what the notice states.
func (n Notice) Rules() []*Rule { return n.Stated.rulePointers() }
