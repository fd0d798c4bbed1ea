package award

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	"github.com/southeasttogether/dps/policy"
)

var (
	telephoneOfferTable = rowset.New[rules.TelephoneOffer]("telephone_offer", "o",
		rowset.Columns("id", "need_id", "authority_id", "provider_id", "setting_id", "starts_on", "weekly", "weeks", "words", "said_by",
			"said_at", "entered_by", "entered_at", "confirm_by", "confirmed_at", "paper", "disputed_at", "dispute"),
		rowset.Computed("as_of", "(SELECT dps.now())"),
		rowset.Parent("provider", "provider_id", directory.ProviderTable),
		rowset.Parent("setting", "setting_id", directory.SettingTable))
	telephoneOfferRows = telephoneOfferTable.Rows()
)

var telephoneOffersOfNeeds = rowset.ListOf[uuid.UUID](telephoneOfferTable, "need_id", rowset.By("o.said_at", "o.id")...)

// TelephoneOffersOfNeeds reads the telephone offers for each need, in the order in which they were made.
func TelephoneOffersOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*rules.TelephoneOffer, error) {
	return telephoneOffersOfNeeds.Read(ctx, v, needs)
}

// TelephoneOffersByID reads telephone offers.
func TelephoneOffersByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*rules.TelephoneOffer, error) {
	return telephoneOfferTable.ByID(ctx, v, ids)
}

// EnterTelephoneOffer enters what a provider said on the telephone. It is not sealed, because the officer who enters it
// has heard it.
func EnterTelephoneOffer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.EnterTelephoneOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "telephone_offer.enter", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			if err := t.Lock(ctx, engine.ShareMembershipsOfSetting(in.Setting.UUID)); err != nil {
				return engine.Event{}, err
			}
			need, err := tendering.LockNeed(ctx, t, in.Need.UUID, true)
			if err != nil {
				return engine.Event{}, err
			}
			setting, asked, live, err := readCalledSetting(ctx, t, need, in.Setting.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			_, terms, _, err := readUrgentTerms(ctx, t, need.LotID)
			if err != nil {
				return engine.Event{}, err
			}
			o, err := rules.EnterTelephoneOffer(need, setting, asked, live, in, terms, need.AsOf)
			if err != nil {
				return engine.Event{}, err
			}
			_, err = t.Exec(ctx, `INSERT INTO telephone_offer (id, need_id, authority_id, provider_id, setting_id, starts_on, weekly, weeks, words,
			said_by, said_at,
				entered_by, entered_at, confirm_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, o.ID, o.NeedID, o.AuthorityID, o.ProviderID, o.SettingID,
				o.StartsOn.Time, o.Weekly, o.Weeks,
				o.Words, o.SaidBy, o.SaidAt, a.Person, o.EnteredAt, o.ConfirmBy)
			return engine.AuthorityEvent(o.ID, need.AuthorityID, "telephone_offer"), err
		})
}

// readCalledSetting is a setting, whether the need was broadcast to it, and its provider's membership of the lot.
func readCalledSetting(ctx context.Context, t *engine.Tx, n market.Need, id uuid.UUID) (s market.Setting, asked bool,
	live *market.Membership, err error,
) {
	if err := t.Get(ctx, &s, directory.SettingRows+" WHERE s.id = $1", id); err != nil {
		return s, false, nil, engine.AbsentIfNoRows(err, "setting")
	}
	if err := t.Get(ctx, &asked, "SELECT EXISTS (SELECT FROM invitation WHERE need_id = $1 AND $2 = ANY (settings))", n.ID, id); err != nil ||
		s.ProviderID == nil {
		return s, asked, nil, err
	}
	live, err = admission.LiveMembership(ctx, t, n.LotID, *s.ProviderID)
	return s, asked, live, err
}

// lockTelephoneOffer reads an offer under the locks of its provider's memberships and of its need.
func lockTelephoneOffer(ctx context.Context, t *engine.Tx, id uuid.UUID) (o rules.TelephoneOffer, err error) {
	if err := t.Get(ctx, &o, telephoneOfferRows+" WHERE o.id = $1", id); err != nil {
		return o, engine.AbsentIfNoRows(err, "telephone offer")
	}
	if err := t.Lock(ctx, engine.ShareMembershipsOf(o.ProviderID)); err != nil {
		return o, err
	}
	if _, err := tendering.LockNeed(ctx, t, o.NeedID, true); err != nil {
		return o, err
	}
	return o, t.Get(ctx, &o, telephoneOfferRows+" WHERE o.id = $1", id)
}

// ConfirmTelephoneOffer records the provider's answer about an offer that was entered for it.
func ConfirmTelephoneOffer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ConfirmTelephoneOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "telephone_offer.confirm", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			o, err := lockTelephoneOffer(ctx, t, in.TelephoneOffer.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.ConfirmTelephoneOffer(o, in); err != nil {
				return engine.Event{}, err
			}
			if in.Right {
				err = t.ExecAtLeastOne(ctx, "UPDATE telephone_offer SET confirmed_at = $2, confirmed_by = $3 WHERE id = $1", o.ID, o.AsOf, a.Person)
				return engine.AuthorityEvent(o.ID, o.AuthorityID, "confirmed_at"), err
			}
			err = t.ExecAtLeastOne(ctx, "UPDATE telephone_offer SET disputed_at = $2, dispute = $3 WHERE id = $1", o.ID, o.AsOf, in.Words)
			return engine.AuthorityEvent(o.ID, o.AuthorityID, "disputed_at"), err
		})
}

// CompleteTelephoneOffer records the document with which a provider confirmed an offer.
func CompleteTelephoneOffer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.CompleteTelephoneOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "telephone_offer.complete", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			o, err := lockTelephoneOffer(ctx, t, in.TelephoneOffer.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.CompleteTelephoneOffer(o, in); err != nil {
				return engine.Event{}, err
			}
			err = t.ExecAtLeastOne(ctx, "UPDATE telephone_offer SET confirmed_at = $2, confirmed_by = $3, paper = $4 WHERE id = $1", o.ID,
				o.AsOf, a.Person, in.Paper)
			return engine.AuthorityEvent(o.ID, o.AuthorityID, "confirmed_at", "paper"), err
		})
}

// requireOfferUndisputed refuses the approval of a place on a telephone offer that its provider says is wrong.
func requireOfferUndisputed(ctx context.Context, t *engine.Tx, b basisRow) error {
	if b.TelephoneOfferID == nil {
		return nil
	}
	var o rules.TelephoneOffer
	if err := t.Get(ctx, &o, telephoneOfferRows+" WHERE o.id = $1", *b.TelephoneOfferID); err != nil {
		return engine.AbsentIfNoRows(err, "telephone offer")
	}
	return rules.RequireUndisputedOffer(o)
}
