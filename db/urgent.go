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
func (v *View) TelephoneOffersOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID][]*market.TelephoneOffer, error) {
	return grouped(ctx, v, telephoneOfferRows, "o.need_id", "o.said_at, o.id", needs, func(o *market.TelephoneOffer) uuid.UUID { return o.NeedID })
}

// TelephoneOffersByID reads what was offered by telephone.
func (v *View) TelephoneOffersByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.TelephoneOffer, error) {
	return byID(ctx, v, telephoneOfferRows, "o.id", ids, func(o *market.TelephoneOffer) uuid.UUID { return o.ID })
}

// called are the settings of one provider that are asked.
type called struct {
	Provider uuid.UUID    `db:"provider_id"`
	Settings market.Texts `db:"settings"`
}

// BroadcastUrgentNeed drafts and publishes an urgent need in one, and asks the settings that fit.
func (d *DB) BroadcastUrgentNeed(ctx context.Context, a policy.Actor, in market.BroadcastUrgentNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "urgent.broadcast", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		terms, err := t.terms(ctx, in.Lot.UUID)
		if err != nil {
			return Event{}, err
		}
		rule, urgent, now, err := t.urgentTerms(ctx, in.Lot.UUID)
		if err != nil {
			return Event{}, err
		}
		need, err := market.BroadcastUrgentNeed(in, terms.lot, terms.market, rule, urgent, now)
		if err != nil {
			return Event{}, err
		}
		need.AuthorityID, need.Stated = a.Organisation, terms.market.OfNeeds()
		asked, err := t.called(ctx, market.UrgentFilter(in, now))
		if err != nil {
			return Event{}, err
		}
		return about(need.ID, need.AuthorityID, "created", "published_at", "urgent_reason"), t.broadcast(ctx, need, in.CeilingWeekly, asked)
	})
}

// called are the settings that a search finds, by provider.
func (t *Tx) called(ctx context.Context, f market.PlaceFilter) (asked []called, err error) {
	if err := market.CheckPlaces(f); err != nil {
		return nil, err
	}
	l := byName(f)
	if err := t.all(ctx, &asked, "SELECT s.provider_id, json_agg(s.id ORDER BY s.name, s.id) AS settings FROM setting s"+conditions(l.where)+
		" GROUP BY s.provider_id ORDER BY s.provider_id", l.args...); err != nil {
		return nil, err
	}
	if len(asked) == 0 {
		return nil, market.Refuse(market.WrongState, "No setting of the lot's active members fits: ask those too that declare no free place, or in another district.")
	}
	return asked, nil
}

func (t *Tx) broadcast(ctx context.Context, n market.Need, ceiling *market.Decimal, asked []called) error {
	stated, err := json.Marshal(n.Stated)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, gender, primary_need, legal_basis, home_outcode, travel_miles,
			start_from, start_to, profile, outcomes, created_by, published_at, deadline, questions_until, invited, urgent_reason, rules)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18, $19, $20, $21)`,
		n.ID, n.AuthorityID, n.LotID, n.Reference, n.AgeLow, n.AgeHigh, n.Gender, n.PrimaryNeed, n.LegalBasis, n.HomeOutcode, n.TravelMiles,
		n.StartFrom.Time, n.StartTo.Time, n.Profile, n.Outcomes, t.Actor().Person, n.PublishedAt, n.Deadline, len(asked), n.UrgentReason, string(stated)); err != nil {
		return err
	}
	if err := t.insertCeiling(ctx, n, ceiling); err != nil {
		return err
	}
	for _, c := range asked {
		if _, err := t.exec(ctx, "INSERT INTO invitation (need_id, provider_id, authority_id, lot_id, invited_at, settings) VALUES ($1, $2, $3, $4, $5, $6::uuid[])",
			n.ID, c.Provider, n.AuthorityID, n.LotID, n.PublishedAt, pq.Array([]string(c.Settings))); err != nil {
			return err
		}
	}
	return nil
}

// EnterTelephoneOffer enters what a provider said on the telephone, for it. Whoever enters it has heard it: it is not sealed.
func (d *DB) EnterTelephoneOffer(ctx context.Context, a policy.Actor, in market.EnterTelephoneOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "telephone_offer.enter", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		setting, asked, live, err := t.askedSetting(ctx, need, in.Setting.UUID)
		if err != nil {
			return Event{}, err
		}
		_, terms, _, err := t.urgentTerms(ctx, need.LotID)
		if err != nil {
			return Event{}, err
		}
		o, err := market.EnterTelephoneOffer(need, setting, asked, live, in, terms, need.AsOf)
		if err != nil {
			return Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO telephone_offer (id, need_id, authority_id, provider_id, setting_id, starts_on, weekly, weeks, words, said_by, said_at,
				entered_by, entered_at, confirm_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, o.ID, o.NeedID, o.AuthorityID, o.ProviderID, o.SettingID, o.StartsOn.Time, o.Weekly, o.Weeks,
			o.Words, o.SaidBy, o.SaidAt, a.Person, o.EnteredAt, o.ConfirmBy)
		return about(o.ID, need.AuthorityID, "telephone_offer"), err
	})
}

// askedSetting is a setting, whether the need was broadcast to it, and its provider's membership of the lot.
func (t *Tx) askedSetting(ctx context.Context, n market.Need, id uuid.UUID) (s market.Setting, asked bool, live *market.Membership, err error) {
	if err := t.get(ctx, &s, settingRows+" WHERE s.id = $1", id); err != nil {
		return s, false, nil, absent(err, "setting")
	}
	if err := t.get(ctx, &asked, "SELECT EXISTS (SELECT FROM invitation WHERE need_id = $1 AND $2 = ANY (settings))", n.ID, id); err != nil || s.ProviderID == nil {
		return s, asked, nil, err
	}
	live, err = t.liveMembership(ctx, n.LotID, *s.ProviderID)
	return s, asked, live, err
}

// lockedTelephoneOffer reads an offer under the lock of its need.
func (t *Tx) lockedTelephoneOffer(ctx context.Context, id uuid.UUID) (o market.TelephoneOffer, err error) {
	if err := t.get(ctx, &o, telephoneOfferRows+" WHERE o.id = $1", id); err != nil {
		return o, absent(err, "telephone offer")
	}
	if _, err := t.lockedNeed(ctx, o.NeedID, true); err != nil {
		return o, err
	}
	return o, t.get(ctx, &o, telephoneOfferRows+" WHERE o.id = $1", id)
}

// ConfirmTelephoneOffer records what the provider says of an offer that was entered for it.
func (d *DB) ConfirmTelephoneOffer(ctx context.Context, a policy.Actor, in market.ConfirmTelephoneOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "telephone_offer.confirm", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		o, err := t.lockedTelephoneOffer(ctx, in.TelephoneOffer.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.ConfirmTelephoneOffer(o, in); err != nil {
			return Event{}, err
		}
		if in.Right {
			err = t.must(ctx, "UPDATE telephone_offer SET confirmed_at = $2, confirmed_by = $3 WHERE id = $1", o.ID, o.AsOf, a.Person)
			return about(o.ID, o.AuthorityID, "confirmed_at"), err
		}
		err = t.must(ctx, "UPDATE telephone_offer SET disputed_at = $2, dispute = $3 WHERE id = $1", o.ID, o.AsOf, in.Words)
		return about(o.ID, o.AuthorityID, "disputed_at"), err
	})
}

// CompleteTelephoneOffer records the paper on which a provider has confirmed an offer.
func (d *DB) CompleteTelephoneOffer(ctx context.Context, a policy.Actor, in market.CompleteTelephoneOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "telephone_offer.complete", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		o, err := t.lockedTelephoneOffer(ctx, in.TelephoneOffer.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.CompleteTelephoneOffer(o, in); err != nil {
			return Event{}, err
		}
		err = t.must(ctx, "UPDATE telephone_offer SET confirmed_at = $2, confirmed_by = $3, paper = $4 WHERE id = $1", o.ID, o.AsOf, a.Person, in.Paper)
		return about(o.ID, o.AuthorityID, "confirmed_at", "paper"), err
	})
}

// ProposeUrgentPlace proposes a place that was offered by telephone.
func (d *DB) ProposeUrgentPlace(ctx context.Context, a policy.Actor, in market.ProposeUrgentPlaceInput) (uuid.UUID, error) {
	return d.takeRoute(ctx, a, in.IdempotencyKey, in, func(t *Tx) (market.Asked, market.Award, market.Basis, error) {
		var none market.Award
		o, err := t.lockedTelephoneOffer(ctx, in.TelephoneOffer.UUID)
		if err != nil {
			return market.Asked{}, none, market.Basis{}, err
		}
		asked, err := t.asked(ctx, o.NeedID, &o.SettingID, market.Urgent)
		if err != nil {
			return asked, none, market.Basis{}, err
		}
		live, err := t.liveMembership(ctx, asked.Need.LotID, o.ProviderID)
		if err != nil {
			return asked, none, market.Basis{}, err
		}
		award, basis, err := market.ProposeUrgentPlace(asked, o, live, in)
		return asked, award, basis, err
	})
}

// stillSaid refuses the approval of a place on a telephone offer that its provider says is wrong.
func (t *Tx) stillSaid(ctx context.Context, b basisRow) error {
	if b.TelephoneOfferID == nil {
		return nil
	}
	var o market.TelephoneOffer
	if err := t.get(ctx, &o, telephoneOfferRows+" WHERE o.id = $1", *b.TelephoneOfferID); err != nil {
		return absent(err, "telephone offer")
	}
	return market.CheckSaid(o)
}

// urgentTerms are whether and how the urgent route is taken in a lot's market, and the clock.
func (t *Tx) urgentTerms(ctx context.Context, lot uuid.UUID) (rule market.RouteRule, terms market.UrgentTerms, now time.Time, err error) {
	const ofLot = " JOIN market m ON m.regime = r.regime JOIN lot l ON l.market_id = m.id WHERE l.id = $1"
	if err := t.get(ctx, &rule, routeRuleRows+ofLot+" AND r.route = $2", lot, market.Urgent); err != nil {
		return rule, terms, now, err
	}
	if err := t.get(ctx, &terms, "SELECT r.most_hours, r.confirm_working_days, r.source FROM urgent_terms r"+ofLot, lot); err != nil {
		return rule, terms, now, err
	}
	return rule, terms, now, t.get(ctx, &now, "SELECT dps.now()")
}
