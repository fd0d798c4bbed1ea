package admission

import (
	"github.com/southeasttogether/dps/market"
)

// CheckEstablishment checks that a market can be set up. A regime whose time has passed takes no new market
// (Procurement Act 2023 (Commencement No. 3 and Transitional and Saving Provisions) Regulations 2024, from 24 February
// 2025; check). A market cannot end later than its regime allows. A notice of intention must come before a dynamic
// market (Procurement Act 2023 s 39(2)).
func CheckEstablishment(m market.Market) error {
	r := m.Regime
	switch {
	case r.EstablishedUntil != nil && m.NoticeAt.After(market.EndOfDay(r.EstablishedUntil.Time)):
		return market.RefuseField(market.WrongState, "regime", "You cannot set up a market under %s since %s (%s).", r.Name,
			r.EstablishedUntil.AddDays(1), r.Source)
	case r.EndsBy != nil && m.EndsOn.After(*r.EndsBy):
		return market.RefuseField(market.Invalid, "endsOn", "A market under %s must end by %s (%s).", r.Name, r.EndsBy, r.Source)
	case r.IntendedFirst && (m.Intention == nil || !m.Intention.PublishedAt.Before(m.NoticeAt)):
		return market.RefuseField(market.Invalid, "intention", "Publish a notice of intention before you set up a market under %s (%s).",
			r.Name, r.Source)
	}
	return nil
}
