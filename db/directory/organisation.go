package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

const OrganisationRows = `SELECT o.id, o.kind, o.name, o.dfe_code, o.lead, o.consortium_id, o.joined_on, o.left_on, (SELECT dps.now()) AS as_of FROM organisation o`

var organisationList = engine.Listing[market.Organisation]{
	Name: "organisations", Rows: OrganisationRows, Keys: "o.name, o.id",
	Key: func(o *market.Organisation) []any { return []any{o.Name, o.ID} },
}

// Organisations is a page of all authorities and the consortium, by name.
func Organisations(ctx context.Context, v *engine.View, p market.Page) (*market.OrganisationConnection, error) {
	return engine.Page(ctx, v, organisationList, p)
}

// OrganisationsByID reads organisations.
func OrganisationsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Organisation, error) {
	return engine.ByID(ctx, v, OrganisationRows, "o.id", ids, func(o *market.Organisation) uuid.UUID { return o.ID })
}

// LockOrganisation reads an organisation once whoever changes it, or delegates for it, has ended.
func LockOrganisation(ctx context.Context, t *engine.Tx, id uuid.UUID) (market.Organisation, error) {
	var none string
	if err := t.Get(ctx, &none, "SELECT pg_advisory_xact_lock(hashtextextended('organisation:' || $1::text, 0))::text", id); err != nil {
		return market.Organisation{}, err
	}
	return ReadOrganisation(ctx, t, id)
}

func ReadOrganisation(ctx context.Context, t *engine.Tx, id uuid.UUID) (o market.Organisation, err error) {
	return o, engine.AbsentIfNoRows(t.Get(ctx, &o, OrganisationRows+" WHERE o.id = $1", id), "organisation")
}

// RequireInRegion refuses what begins something new for an organisation that is not in the region today.
func RequireInRegion(ctx context.Context, t *engine.Tx, id uuid.UUID) error {
	o, err := ReadOrganisation(ctx, t, id)
	if err != nil {
		return err
	}
	return market.RequireInRegion(o)
}
