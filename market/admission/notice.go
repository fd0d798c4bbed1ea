package admission

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// PublishNoticeInput is a notice to publish.
type PublishNoticeInput struct {
	IdempotencyKey    string
	Market            market.ID
	Kind              market.NoticeKind
	Reference         string
	Words             string
	EndsOn            *market.Date
	ApplicationPeriod *ApplicationPeriodInput
	Rules             []RuleInput
}

// RuleInput is a rule to state.
type RuleInput struct {
	Code  market.RuleCode
	Value int
}

// ApplicationPeriodInput is the period in which applications are taken. Both days are included.
type ApplicationPeriodInput struct {
	From  market.Date
	Until market.Date
}

// ruleBounds are the lowest and highest value of each rule. A cap allows at least one member. A fee is at most a tenth
// of the price, in hundredths of a percent. Days are at most a year.
func ruleBounds(c market.RuleCode) (least, most int) {
	switch c {
	case market.RuleMostMembers:
		return 1, 10_000
	case market.RuleAwardFee:
		return 0, 1_000
	default:
		return 0, 365
	}
}

// PublishNotice makes a market's next notice (PCR 2015 reg 34(4) and (28); Procurement Act 2023 s 39: establish,
// modify, cease). A notice cannot change the past: it applies to what begins after it, and a need keeps the rules that
// it was published under.
func PublishNotice(in PublishNoticeInput, m market.Market, now time.Time) (market.Notice, error) {
	if err := market.CheckTexts(market.InputText{Field: "reference", Value: in.Reference, Limit: 100}, market.InputText{
		Field: "words",
		Value: in.Words, Limit: 4000,
	}); err != nil {
		return market.Notice{}, err
	}
	if m.Ceased || now.After(market.EndOfDay(m.EndsOn.Time)) {
		return market.Notice{}, market.Refuse(market.WrongState,
			"This market ended on %s or has ceased, so it cannot be changed.", m.EndsOn)
	}
	if in.Kind == market.NoticeIntend {
		return market.Notice{}, market.RefuseField(market.WrongState, "kind",
			"You cannot publish a notice of intention for a market that is already set up.")
	}
	if in.Kind == market.NoticeCease && (in.EndsOn == nil || len(in.Rules) > 0 || in.ApplicationPeriod != nil) {
		return market.Notice{}, market.RefuseField(market.Invalid, "endsOn",
			"To end a market, enter its last day, and leave out rules and the application period.")
	}
	if in.EndsOn != nil {
		if err := checkNewEnd(in.Kind, *in.EndsOn, m, now); err != nil {
			return market.Notice{}, err
		}
	}
	n := market.Notice{
		ID: uuid.New(), AuthorityID: m.AuthorityID, MarketID: m.ID, Number: m.Notices + 1, Kind: in.Kind,
		Reference: in.Reference, Words: in.Words,
		EndsOn: in.EndsOn, PublishedAt: now,
	}
	if in.ApplicationPeriod != nil {
		if err := checkPeriod(*in.ApplicationPeriod, m, now); err != nil {
			return market.Notice{}, err
		}
		n.Period = market.ApplicationPeriod{From: &in.ApplicationPeriod.From, Until: &in.ApplicationPeriod.Until, Source: &in.Reference}
	}
	for _, r := range in.Rules {
		if err := checkRule(r, n.Stated, m); err != nil {
			return market.Notice{}, err
		}
		n.Stated = append(n.Stated, market.Rule{Code: r.Code, Value: r.Value, Source: in.Reference})
	}
	return n, nil
}

// checkNewEnd checks a market's new last day. It must not have passed, must not be later than the regime allows, and
// cannot be put back when the regime no longer allows that (PCR 2015 as saved: no later end after 23 February 2026, all
// end by 23 February 2029; check).
func checkNewEnd(kind market.NoticeKind, end market.Date, m market.Market, now time.Time) error {
	r, later := m.Regime, end.After(m.EndsOn)
	switch {
	case now.After(market.EndOfDay(end.Time)):
		return market.RefuseField(market.Invalid, "endsOn", "The last day must be today or in the future.")
	case kind == market.NoticeCease && later:
		return market.RefuseField(market.Invalid, "endsOn", "This market ends on %s: the last day cannot be later than that.", m.EndsOn)
	case later && r.ExtendedUntil != nil && now.After(market.EndOfDay(r.ExtendedUntil.Time)):
		return market.RefuseField(market.WrongState, "endsOn", "The end of a market under %s cannot be put back since %s (%s).", r.Name,
			r.ExtendedUntil, r.Source)
	case r.EndsBy != nil && end.After(*r.EndsBy):
		return market.RefuseField(market.Invalid, "endsOn", "A market under %s must end by %s (%s).", r.Name, r.EndsBy, r.Source)
	}
	return nil
}

// checkPeriod checks an application period. A dynamic market takes applications as long as it lasts (PCR 2015 reg 34;
// Procurement Act 2023 ss 35 and 36 (check)). A framework or a light-touch system has the period that it states (s 49;
// PCR 2015 reg 76).
func checkPeriod(in ApplicationPeriodInput, m market.Market, now time.Time) error {
	switch {
	case m.Regime.AlwaysOpen:
		return market.RefuseField(market.WrongState, "applicationPeriod",
			"A market under %s takes applications at any time, so it cannot have an application period (%s).",
			m.Regime.Name, m.Regime.Source)
	case in.Until.Before(in.From):
		return market.RefuseField(market.Invalid, "applicationPeriod", "The last day must be the same as or after the first day.")
	case now.After(market.EndOfDay(in.Until.Time)):
		return market.RefuseField(market.Invalid, "applicationPeriod", "The last day must be today or in the future.")
	case in.Until.After(m.EndsOn):
		return market.RefuseField(market.Invalid, "applicationPeriod",
			"This market ends on %s: the last day to apply cannot be later than that.", m.EndsOn)
	}
	return nil
}

// checkRule checks the number of a rule. A rule that the law leaves to the market can have any number. Another rule can
// only be stricter: more time to tender, to object and before the first call, less time to decide. A market can have a
// cap on members or a fee only if the law leaves it to the market (PCR 2015 reg 34: no limit on who is admitted, no
// charge (check); Procurement Act 2023 s 38). The minimum of answers behind a figure can only rise, because families
// who answered were promised that minimum.
func checkRule(in RuleInput, stated market.StatedRules, m market.Market) error {
	r := m.Regime
	law := r.RuleDefault(in.Code)
	least, most := ruleBounds(in.Code)
	switch {
	case in.Value < least || in.Value > most:
		return market.RefuseField(market.Invalid, "rules", "%s must be between %d and %d.", in.Code, least, most)
	case stated.FindRule(in.Code) != nil:
		return market.RefuseField(market.Invalid, "rules", "Enter %s only once.", in.Code)
	case in.Code == market.RuleFeedbackMinimum && in.Value < m.FeedbackMinimum:
		return market.RefuseField(market.Invalid, "rules",
			"%s must be at least %d, because families who answered were promised that.", in.Code, m.FeedbackMinimum)
	case in.Code == market.RuleFeedbackMinimum || slices.Contains(r.OpenRules, in.Code):
		return nil
	case in.Code.HoldsOnlyIfStated():
		return market.RefuseField(market.WrongState, "rules",
			"A market under %s cannot have the rule %s, because the regime has no such limit or charge (%s).",
			r.Name, in.Code, r.Source)
	case in.Code == market.RuleDecideWorkingDays && in.Value > law:
		return market.RefuseField(market.Invalid, "rules", "%s must be at most %d (%s).", in.Code, law, r.Source)
	case in.Code != market.RuleDecideWorkingDays && in.Value < law:
		return market.RefuseField(market.Invalid, "rules", "%s must be at least %d (%s).", in.Code, law, r.Source)
	}
	return nil
}
