package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

// OrganisationColumns are the columns of an organisation o.
var OrganisationColumns = rowset.All(rowset.Columns("id", "kind", "name", "dfe_code", "lead", "consortium_id", "joined_on", "left_on"),
	rowset.Computed("as_of", "(SELECT dps.now())"))

var (
	// OrganisationTable is how authorities and consortia are read.
	OrganisationTable = rowset.New[market.Organisation]("organisation", "o", OrganisationColumns)
	// OrganisationRows selects these rows; a condition follows.
	OrganisationRows = OrganisationTable.Rows()
)

var organisationList = rowset.Pages[market.Organisation]{Table: OrganisationTable, Name: "organisations", Order: []string{"name", "id"}}

// Organisations is a page of all authorities and the consortium, by name.
func Organisations(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.Organisation], error) {
	return organisationList.Page(ctx, v, p)
}

// OrganisationsByID reads organisations.
func OrganisationsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Organisation, error) {
	return OrganisationTable.ByID(ctx, v, ids)
}

// LockOrganisation waits until nobody else changes the organisation or delegates for it, and reads it.
func LockOrganisation(ctx context.Context, t *engine.Tx, id uuid.UUID) (market.Organisation, error) {
	if err := t.Lock(ctx, engine.LockOrganisation(id)); err != nil {
		return market.Organisation{}, err
	}
	return ReadOrganisation(ctx, t, id)
}

// ReadOrganisation reads an organisation, or refuses as absent what does not exist.
func ReadOrganisation(ctx context.Context, t *engine.Tx, id uuid.UUID) (o market.Organisation, err error) {
	return o, engine.AbsentIfNoRows(t.Get(ctx, &o, OrganisationRows+" WHERE o.id = $1", id), "organisation")
}

// RequireInRegion refuses anything new for an organisation that is not in the region today.
func RequireInRegion(ctx context.Context, t *engine.Tx, id uuid.UUID) error {
	o, err := ReadOrganisation(ctx, t, id)
	if err != nil {
		return err
	}
	return market.RequireInRegion(o)
}
