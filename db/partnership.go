package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// HistoryOfOrganisations reads how each organisation joined, moved and left, first to last.
func (v *View) HistoryOfOrganisations(ctx context.Context, organisations []uuid.UUID) (map[uuid.UUID][]*market.PartnershipStep, error) {
	return grouped(ctx, v, "SELECT s.organisation_id, s.kind, s.on_day, s.consortium_id, s.words, s.at FROM partnership_step s", "s.organisation_id", "s.number",
		organisations, func(s *market.PartnershipStep) uuid.UUID { return s.OrganisationID })
}

// AdmitPartner takes an organisation into the region.
func (d *DB) AdmitPartner(ctx context.Context, a policy.Actor, in market.AdmitPartnerInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "partnership.admit", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		consortium, err := t.consortium(ctx, in.Consortium)
		if err != nil {
			return Event{}, err
		}
		now, err := t.now(ctx)
		if err != nil {
			return Event{}, err
		}
		o, step, err := market.AdmitPartner(in, consortium, now)
		if err != nil {
			return Event{}, err
		}
		if _, err := t.exec(ctx, "INSERT INTO organisation (id, kind, name, dfe_code, lead, consortium_id, joined_on) VALUES ($1, $2, $3, $4, false, $5, $6)",
			o.ID, o.Kind, o.Name, o.DfeCode, o.ConsortiumID, o.JoinedOn.Time); err != nil {
			return Event{}, err
		}
		return about(o.ID, o.ID, "joined_on"), t.addPartnershipStep(ctx, step)
	})
}

// EndPartnership records an organisation's last day in the region.
func (d *DB) EndPartnership(ctx context.Context, a policy.Actor, in market.EndPartnershipInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "partnership.end", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		o, err := t.lockedOrganisation(ctx, in.Organisation.UUID)
		if err != nil {
			return Event{}, err
		}
		var boroughs int
		if err := t.get(ctx, &boroughs, "SELECT count(*) FROM organisation WHERE consortium_id = $1 AND left_on IS NULL", o.ID); err != nil {
			return Event{}, err
		}
		step, err := market.EndPartnership(o, boroughs, in)
		if err != nil {
			return Event{}, err
		}
		if err := t.must(ctx, "UPDATE organisation SET left_on = $2 WHERE id = $1", o.ID, in.LastDay.Time); err != nil {
			return Event{}, err
		}
		return about(o.ID, o.ID, "left_on"), t.addPartnershipStep(ctx, step)
	})
}

// MoveBorough moves an authority into a consortium or out of it; the database withdraws what it has delegated.
func (d *DB) MoveBorough(ctx context.Context, a policy.Actor, in market.MoveBoroughInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "partnership.move", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		o, err := t.lockedOrganisation(ctx, in.Organisation.UUID)
		if err != nil {
			return Event{}, err
		}
		consortium, err := t.consortium(ctx, in.Consortium)
		if err != nil {
			return Event{}, err
		}
		is, step, err := market.MoveBorough(o, consortium, in)
		if err != nil {
			return Event{}, err
		}
		if err := t.must(ctx, "UPDATE organisation SET kind = $2, consortium_id = $3 WHERE id = $1", is.ID, is.Kind, is.ConsortiumID); err != nil {
			return Event{}, err
		}
		return about(is.ID, is.ID, "kind", "consortium_id", "delegations"), t.addPartnershipStep(ctx, step)
	})
}

// lockedOrganisation reads an organisation once whoever changes it, or delegates for it, has ended.
func (t *Tx) lockedOrganisation(ctx context.Context, id uuid.UUID) (market.Organisation, error) {
	var none string
	if err := t.get(ctx, &none, "SELECT pg_advisory_xact_lock(hashtextextended('organisation:' || $1::text, 0))::text", id); err != nil {
		return market.Organisation{}, err
	}
	return t.organisation(ctx, id)
}

func (t *Tx) organisation(ctx context.Context, id uuid.UUID) (o market.Organisation, err error) {
	return o, absent(t.get(ctx, &o, organisationRows+" WHERE o.id = $1", id), "organisation")
}

// consortium is the one named, if one is.
func (t *Tx) consortium(ctx context.Context, named *market.ID) (*market.Organisation, error) {
	if named == nil {
		return nil, nil
	}
	o, err := t.organisation(ctx, named.UUID)
	return &o, err
}

// buying refuses what begins something new for an organisation that is not in the region today.
func (t *Tx) buying(ctx context.Context, id uuid.UUID) error {
	o, err := t.organisation(ctx, id)
	if err != nil {
		return err
	}
	return market.Buys(o)
}

func (t *Tx) addPartnershipStep(ctx context.Context, s market.PartnershipStep) error {
	_, err := t.exec(ctx, "INSERT INTO partnership_step (id, organisation_id, kind, on_day, consortium_id, words, at, person) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		uuid.New(), s.OrganisationID, s.Kind, s.OnDay.Time, s.ConsortiumID, s.Words, s.At, t.Actor().Person)
	return err
}
