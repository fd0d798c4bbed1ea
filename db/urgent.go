package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const telephoneOfferRows = `SELECT o.id, o.need_id, o.authority_id, o.provider_id, o.setting_id, o.starts_on, o.weekly, o.weeks, o.words, o.said_by, o.said_at,
	o.entered_by, o.entered_at, o.confirm_by, o.confirmed_at, o.paper, o.disputed_at, o.dispute, (SELECT dps.now()) AS as_of FROM telephone_offer o`

// TelephoneOffersOfNeeds reads what was offered by telephone for each need, first said first.
func TelephoneOffersOfNeeds(ctx context.Context, v *View, needs []uuid.UUID) (map[uuid.UUID][]*market.TelephoneOffer, error) {
	return Grouped(ctx, v, telephoneOfferRows, "o.need_id", "o.said_at, o.id", needs, func(o *market.TelephoneOffer) uuid.UUID { return o.NeedID })
}

// TelephoneOffersByID reads what was offered by telephone.
func TelephoneOffersByID(ctx context.Context, v *View, ids []uuid.UUID) (map[uuid.UUID]*market.TelephoneOffer, error) {
	return ByID(ctx, v, telephoneOfferRows, "o.id", ids, func(o *market.TelephoneOffer) uuid.UUID { return o.ID })
}

// findCalledSettings are the settings of one provider that are asked.
type calledProvider struct {
	Provider uuid.UUID    `db:"provider_id"`
	Settings market.Texts `db:"settings"`
}

// BroadcastUrgentNeed drafts and publishes an urgent need in one, and asks the settings that fit.
func BroadcastUrgentNeed(ctx context.Context, d *DB, a policy.Actor, in market.BroadcastUrgentNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "urgent.broadcast", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		terms, err := LotTerms(ctx, t, in.Lot.UUID)
		if err != nil {
			return Event{}, err
		}
		rule, urgent, now, err := readUrgentTerms(ctx, t, in.Lot.UUID)
		if err != nil {
			return Event{}, err
		}
		need, err := market.BroadcastUrgentNeed(in, terms.Lot, terms.Market, rule, urgent, now)
		if err != nil {
			return Event{}, err
		}
		need.AuthorityID, need.Stated = a.Organisation, terms.Market.NeedRules()
		asked, err := findCalledSettings(ctx, t, market.UrgentFilter(in, now))
		if err != nil {
			return Event{}, err
		}
		return AuthorityEvent(need.ID, need.AuthorityID, "created", "published_at", "urgent_reason"), insertUrgentNeed(ctx, t, need, in.CeilingWeekly, asked)
	})
}

// findCalledSettings are the settings that a search finds, by provider.
func findCalledSettings(ctx context.Context, t *Tx, f market.PlaceFilter) (asked []calledProvider, err error) {
	if err := market.CheckPlaces(f); err != nil {
		return nil, err
	}
	l := PlacesByName(f)
	if err := t.SelectRows(ctx, &asked, "SELECT s.provider_id, json_agg(s.id ORDER BY s.name, s.id) AS settings FROM setting s"+Conditions(l.Where)+
		" GROUP BY s.provider_id ORDER BY s.provider_id", l.Args...); err != nil {
		return nil, err
	}
	if len(asked) == 0 {
		return nil, market.Refuse(market.WrongState, "No setting of the lot's active members fits: ask those too that declare no free place, or in another district.")
	}
	return asked, nil
}

func insertUrgentNeed(ctx context.Context, t *Tx, n market.Need, ceiling *market.Decimal, asked []calledProvider) error {
	stated, err := json.Marshal(n.Stated)
	if err != nil {
		return err
	}
	if _, err := t.Exec(ctx, `INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, gender, primary_need, legal_basis, home_outcode, travel_miles,
			start_from, start_to, profile, outcomes, created_by, published_at, deadline, questions_until, invited, urgent_reason, rules)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18, $19, $20, $21)`,
		n.ID, n.AuthorityID, n.LotID, n.Reference, n.AgeLow, n.AgeHigh, n.Gender, n.PrimaryNeed, n.LegalBasis, n.HomeOutcode, n.TravelMiles,
		n.StartFrom.Time, n.StartTo.Time, n.Profile, n.Outcomes, t.Actor().Person, n.PublishedAt, n.Deadline, len(asked), n.UrgentReason, string(stated)); err != nil {
		return err
	}
	if err := InsertCeiling(ctx, t, n, ceiling); err != nil {
		return err
	}
	for _, c := range asked {
		if _, err := t.Exec(ctx, "INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at, settings) VALUES ($1, $2, $3, $4, $5, $6::uuid[])",
			n.ID, c.Provider, n.AuthorityID, n.LotID, n.PublishedAt, pq.Array([]string(c.Settings))); err != nil {
			return err
		}
	}
	return nil
}

// EnterTelephoneOffer enters what a provider said on the telephone, for it. Whoever enters it has heard it: it is not sealed.
func EnterTelephoneOffer(ctx context.Context, d *DB, a policy.Actor, in market.EnterTelephoneOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "telephone_offer.enter", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		setting, asked, live, err := readCalledSetting(ctx, t, need, in.Setting.UUID)
		if err != nil {
			return Event{}, err
		}
		_, terms, _, err := readUrgentTerms(ctx, t, need.LotID)
		if err != nil {
			return Event{}, err
		}
		o, err := market.EnterTelephoneOffer(need, setting, asked, live, in, terms, need.AsOf)
		if err != nil {
			return Event{}, err
		}
		_, err = t.Exec(ctx, `INSERT INTO telephone_offer (id, need_id, authority_id, provider_id, setting_id, starts_on, weekly, weeks, words, said_by, said_at,
				entered_by, entered_at, confirm_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, o.ID, o.NeedID, o.AuthorityID, o.ProviderID, o.SettingID, o.StartsOn.Time, o.Weekly, o.Weeks,
			o.Words, o.SaidBy, o.SaidAt, a.Person, o.EnteredAt, o.ConfirmBy)
		return AuthorityEvent(o.ID, need.AuthorityID, "telephone_offer"), err
	})
}

// readCalledSetting is a setting, whether the need was broadcast to it, and its provider's membership of the lot.
func readCalledSetting(ctx context.Context, t *Tx, n market.Need, id uuid.UUID) (s market.Setting, asked bool, live *market.Membership, err error) {
	if err := t.Get(ctx, &s, SettingRows+" WHERE s.id = $1", id); err != nil {
		return s, false, nil, AbsentIfNoRows(err, "setting")
	}
	if err := t.Get(ctx, &asked, "SELECT EXISTS (SELECT FROM invitation WHERE need_id = $1 AND $2 = ANY (settings))", n.ID, id); err != nil || s.ProviderID == nil {
		return s, asked, nil, err
	}
	live, err = LiveMembership(ctx, t, n.LotID, *s.ProviderID)
	return s, asked, live, err
}

// lockTelephoneOffer reads an offer under the lock of its need.
func lockTelephoneOffer(ctx context.Context, t *Tx, id uuid.UUID) (o market.TelephoneOffer, err error) {
	if err := t.Get(ctx, &o, telephoneOfferRows+" WHERE o.id = $1", id); err != nil {
		return o, AbsentIfNoRows(err, "telephone offer")
	}
	if _, err := LockNeed(ctx, t, o.NeedID, true); err != nil {
		return o, err
	}
	return o, t.Get(ctx, &o, telephoneOfferRows+" WHERE o.id = $1", id)
}

// ConfirmTelephoneOffer records what the provider says of an offer that was entered for it.
func ConfirmTelephoneOffer(ctx context.Context, d *DB, a policy.Actor, in market.ConfirmTelephoneOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "telephone_offer.confirm", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		o, err := lockTelephoneOffer(ctx, t, in.TelephoneOffer.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.ConfirmTelephoneOffer(o, in); err != nil {
			return Event{}, err
		}
		if in.Right {
			err = t.ExecAtLeastOne(ctx, "UPDATE telephone_offer SET confirmed_at = $2, confirmed_by = $3 WHERE id = $1", o.ID, o.AsOf, a.Person)
			return AuthorityEvent(o.ID, o.AuthorityID, "confirmed_at"), err
		}
		err = t.ExecAtLeastOne(ctx, "UPDATE telephone_offer SET disputed_at = $2, dispute = $3 WHERE id = $1", o.ID, o.AsOf, in.Words)
		return AuthorityEvent(o.ID, o.AuthorityID, "disputed_at"), err
	})
}

// CompleteTelephoneOffer records the paper on which a provider has confirmed an offer.
func CompleteTelephoneOffer(ctx context.Context, d *DB, a policy.Actor, in market.CompleteTelephoneOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "telephone_offer.complete", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		o, err := lockTelephoneOffer(ctx, t, in.TelephoneOffer.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.CompleteTelephoneOffer(o, in); err != nil {
			return Event{}, err
		}
		err = t.ExecAtLeastOne(ctx, "UPDATE telephone_offer SET confirmed_at = $2, confirmed_by = $3, paper = $4 WHERE id = $1", o.ID, o.AsOf, a.Person, in.Paper)
		return AuthorityEvent(o.ID, o.AuthorityID, "confirmed_at", "paper"), err
	})
}

// ProposeUrgentPlace proposes a place that was offered by telephone.
func ProposeUrgentPlace(ctx context.Context, d *DB, a policy.Actor, in market.ProposeUrgentPlaceInput) (uuid.UUID, error) {
	return proposeByRoute(ctx, d, a, in.IdempotencyKey, in, func(t *Tx) (market.RouteFacts, market.Award, market.Basis, error) {
		var none market.Award
		o, err := lockTelephoneOffer(ctx, t, in.TelephoneOffer.UUID)
		if err != nil {
			return market.RouteFacts{}, none, market.Basis{}, err
		}
		asked, err := lockRouteFacts(ctx, t, o.NeedID, &o.SettingID, market.RouteUrgent)
		if err != nil {
			return asked, none, market.Basis{}, err
		}
		live, err := LiveMembership(ctx, t, asked.Need.LotID, o.ProviderID)
		if err != nil {
			return asked, none, market.Basis{}, err
		}
		award, basis, err := market.ProposeUrgentPlace(asked, o, live, in)
		return asked, award, basis, err
	})
}

// requireOfferUndisputed refuses the approval of a place on a telephone offer that its provider says is wrong.
func requireOfferUndisputed(ctx context.Context, t *Tx, b basisRow) error {
	if b.TelephoneOfferID == nil {
		return nil
	}
	var o market.TelephoneOffer
	if err := t.Get(ctx, &o, telephoneOfferRows+" WHERE o.id = $1", *b.TelephoneOfferID); err != nil {
		return AbsentIfNoRows(err, "telephone offer")
	}
	return market.RequireUndisputedOffer(o)
}

// readUrgentTerms are whether and how the urgent route is taken in a lot's market, and the clock.
func readUrgentTerms(ctx context.Context, t *Tx, lot uuid.UUID) (rule market.RouteRule, terms market.UrgentTerms, now time.Time, err error) {
	const ofLot = " JOIN market m ON m.regime = r.regime JOIN lot l ON l.market_id = m.id WHERE l.id = $1"
	if err := t.Get(ctx, &rule, routeRuleRows+ofLot+" AND r.route = $2", lot, market.RouteUrgent); err != nil {
		return rule, terms, now, err
	}
	if err := t.Get(ctx, &terms, "SELECT r.most_hours, r.confirm_working_days, r.source FROM urgent_terms r"+ofLot, lot); err != nil {
		return rule, terms, now, err
	}
	return rule, terms, now, t.Get(ctx, &now, "SELECT dps.now()")
}
