package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// NoAwardsOfNeeds reads which needs ended without an award, and why.
func (v *View) NoAwardsOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID]*market.NoAward, error) {
	return byID(ctx, v, "SELECT e.need_id, e.reason, e.words, e.at FROM no_award e", "e.need_id", needs, func(e *market.NoAward) uuid.UUID { return e.NeedID })
}

// EndWithoutAward ends a need without an award and tells every bidder, in the same transaction.
func (d *DB) EndWithoutAward(ctx context.Context, a policy.Actor, in market.EndWithoutAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "no_award.end", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		if _, err := t.exec(ctx, "INSERT INTO no_award (need_id, authority_id, reason, words, at, person) VALUES ($1, $2, $3, $4, $5, $6)",
			need.ID, need.AuthorityID, in.Reason, in.Words, need.AsOf, a.Person); err != nil {
			return Event{}, err
		}
		letters, err := t.noAward(ctx, need, in)
		if err != nil {
			return Event{}, err
		}
		if err := t.disinterested(ctx, need.ID); err != nil {
			return Event{}, err
		}
		return about(need.ID, need.AuthorityID, "no_award", "letters"), t.send(ctx, nil, need, letters)
	})
}

// noAward checks the end and writes the letters. What the bidders are told of their scores, the market's own hand gathers.
func (t *Tx) noAward(ctx context.Context, n market.Need, in market.EndWithoutAwardInput) ([]market.Letter, error) {
	var awards []market.Award
	if err := t.all(ctx, &awards, awardRows+" WHERE a.need_id = $1", n.ID); err != nil {
		return nil, err
	}
	terms, err := t.termsOf(ctx, n)
	if err != nil {
		return nil, err
	}
	who := t.Actor().Role
	if err := t.as(ctx, policy.Keeper); err != nil {
		return nil, err
	}
	e, err := t.evaluation(ctx, n, terms)
	if err != nil {
		return nil, err
	}
	if err := market.EndWithoutAward(n, e, awards, in); err != nil {
		return nil, err
	}
	return market.NoAwardLetters(e, in, n.AsOf), t.as(ctx, who)
}

// send writes letters, of an award or of none.
func (t *Tx) send(ctx context.Context, award *uuid.UUID, n market.Need, letters []market.Letter) error {
	for _, l := range letters {
		if _, err := t.exec(ctx, `INSERT INTO letter (id, award_id, offer_id, need_id, authority_id, provider_id, result, rank, total, body, sent_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			uuid.New(), award, l.OfferID, n.ID, n.AuthorityID, l.ProviderID, l.Result, l.Rank, l.Total, l.Body, l.SentAt); err != nil {
			return err
		}
	}
	return nil
}
