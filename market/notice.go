package market

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// NoticeKind is a kind of market notice.
type NoticeKind string

// Kinds of notice, but for the one that establishes a market.
const (
	NoticeIntend NoticeKind = "INTEND"
	NoticeModify NoticeKind = "MODIFY"
	NoticeCease  NoticeKind = "CEASE"
)

// Notice is a market notice: what it changes holds from its publication on.
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
	Stated      StatedRules            `db:"stated"`
}

// Rules are what the notice states.
func (n Notice) Rules() []*Rule { return n.Stated.rulePointers() }

// PublishNoticeInput is a notice to publish.
type PublishNoticeInput struct {
	IdempotencyKey    string
	Market            ID
	Kind              NoticeKind
	Reference         string
	Words             string
	EndsOn            *Date
	ApplicationPeriod *ApplicationPeriodInput
	Rules             []RuleInput
}

// RuleInput is a rule to state.
type RuleInput struct {
	Code  RuleCode
	Value int
}

// ApplicationPeriodInput is when applications are taken: both days count.
type ApplicationPeriodInput struct {
	From  Date
	Until Date
}

// ruleBounds are the least and the most of a rule: a cap is of at least one member, a fee at most a tenth of the price, in
// hundredths of a percent, and days are at most a year's.
func (c RuleCode) ruleBounds() (least, most int) {
	switch c {
	case RuleMostMembers:
		return 1, 10_000
	case RuleAwardFee:
		return 0, 1_000
	default:
		return 0, 365
	}
}

// PublishNotice makes a market's next notice (PCR 2015 reg 34(4) and (28); Procurement Act 2023 s 39: establish, modify,
// cease). A notice cannot change what has been: what it states holds for what begins after it, and a need keeps the rules
// under which it was published.
func PublishNotice(in PublishNoticeInput, m Market, now time.Time) (Notice, error) {
	if err := checkTexts(InputText{"reference", in.Reference, 100}, InputText{"words", in.Words, 4000}); err != nil {
		return Notice{}, err
	}
	if m.Ceased || now.After(EndOfDay(m.EndsOn.Time)) {
		return Notice{}, Refuse(WrongState, "The market has ceased, or ended on %s: nothing of it can be changed.", m.EndsOn)
	}
	if in.Kind == NoticeIntend {
		return Notice{}, RefuseField(WrongState, "kind", "The market is established: it can no longer be intended.")
	}
	if in.Kind == NoticeCease && (in.EndsOn == nil || len(in.Rules) > 0 || in.ApplicationPeriod != nil) {
		return Notice{}, RefuseField(Invalid, "endsOn", "A market that ceases has a last day, and no new rules.")
	}
	if in.EndsOn != nil {
		if err := checkNewEnd(in.Kind, *in.EndsOn, m, now); err != nil {
			return Notice{}, err
		}
	}
	n := Notice{ID: uuid.New(), AuthorityID: m.AuthorityID, MarketID: m.ID, Number: m.Notices + 1, Kind: in.Kind, Reference: in.Reference, Words: in.Words,
		EndsOn: in.EndsOn, PublishedAt: now}
	if in.ApplicationPeriod != nil {
		if err := checkPeriod(*in.ApplicationPeriod, m, now); err != nil {
			return Notice{}, err
		}
		n.Period = ApplicationPeriod{&in.ApplicationPeriod.From, &in.ApplicationPeriod.Until, &in.Reference}
	}
	for _, r := range in.Rules {
		if err := checkRule(r, n.Stated, m); err != nil {
			return Notice{}, err
		}
		n.Stated = append(n.Stated, Rule{r.Code, r.Value, in.Reference})
	}
	return n, nil
}

// checkNewEnd checks a market's new last day: not gone, not later than the regime lets it be, nor put off when it no longer
// can be (PCR 2015 as saved: no later end after 23 February 2026, all end by 23 February 2029; check).
func checkNewEnd(kind NoticeKind, end Date, m Market, now time.Time) error {
	r, later := m.Regime, end.After(m.EndsOn.Time)
	switch {
	case now.After(EndOfDay(end.Time)):
		return RefuseField(Invalid, "endsOn", "This day has passed.")
	case kind == NoticeCease && later:
		return RefuseField(Invalid, "endsOn", "The market ends on %s: it cannot cease after that.", m.EndsOn)
	case later && r.ExtendedUntil != nil && now.After(EndOfDay(r.ExtendedUntil.Time)):
		return RefuseField(WrongState, "endsOn", "The end of a market under %s can no longer be put off, since %s (%s).", r.Name, r.ExtendedUntil, r.Source)
	case r.EndsBy != nil && end.After(r.EndsBy.Time):
		return RefuseField(Invalid, "endsOn", "A market under %s ends by %s (%s).", r.Name, r.EndsBy, r.Source)
	}
	return nil
}

// checkPeriod checks when applications are to be taken. A dynamic market is open to them as long as it lasts (PCR 2015 reg
// 34; Procurement Act 2023 ss 35 and 36 (check)); a framework and a light-touch system have what they state (s 49; PCR 2015
// reg 76).
func checkPeriod(in ApplicationPeriodInput, m Market, now time.Time) error {
	switch {
	case m.Regime.AlwaysOpen:
		return RefuseField(WrongState, "applicationPeriod", "A market under %s takes applications all the time (%s).", m.Regime.Name, m.Regime.Source)
	case in.Until.Before(in.From.Time):
		return RefuseField(Invalid, "applicationPeriod", "The last day comes before the first.")
	case now.After(EndOfDay(in.Until.Time)):
		return RefuseField(Invalid, "applicationPeriod", "The last day has passed.")
	case in.Until.After(m.EndsOn.Time):
		return RefuseField(Invalid, "applicationPeriod", "The market ends on %s: it takes no applications after that.", m.EndsOn)
	}
	return nil
}

// checkRule checks a number: a rule that the law leaves to the market may have any, another only a stricter one: more time
// to tender, to object and before the first call, less to decide. A cap on members and a fee it may have only where the law
// leaves them to it (PCR 2015 reg 34: no limit on who is admitted, no charge (check); Procurement Act 2023 s 38). The least number of answers behind a figure only rises,
// because who answered was promised as many.
func checkRule(in RuleInput, stated StatedRules, m Market) error {
	r := m.Regime
	law := r.ruleDefault(in.Code)
	least, most := in.Code.ruleBounds()
	switch {
	case in.Value < least || in.Value > most:
		return RefuseField(Invalid, "rules", "%s is %d to %d.", in.Code, least, most)
	case stated.findRule(in.Code) != nil:
		return RefuseField(Invalid, "rules", "%s stands there twice.", in.Code)
	case in.Code == RuleFeedbackMinimum && in.Value < m.FeedbackMinimum:
		return RefuseField(Invalid, "rules", "%s is at least %d: who answered was promised as many.", in.Code, m.FeedbackMinimum)
	case in.Code == RuleFeedbackMinimum || slices.Contains(r.OpenRules, in.Code):
		return nil
	case in.Code.holdsOnlyIfStated():
		return RefuseField(WrongState, "rules", "A market under %s does not state %s: it has no such limit or charge (%s).", r.Name, in.Code, r.Source)
	case in.Code == RuleDecideWorkingDays && in.Value > law:
		return RefuseField(Invalid, "rules", "%s is at most %d (%s).", in.Code, law, r.Source)
	case in.Code != RuleDecideWorkingDays && in.Value < law:
		return RefuseField(Invalid, "rules", "%s is at least %d (%s).", in.Code, law, r.Source)
	}
	return nil
}
