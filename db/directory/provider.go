package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

var (
	// ProviderTable is how providers are read, with what families say of them.
	ProviderTable = rowset.New[market.Provider]("provider", "p", rowset.Columns("id"),
		rowset.Column("name", "name"), rowset.Column("ukprn", "ukprn"), rowset.Column("company_number", "companyNumber"),
		rowset.Column("charity_number", "charityNumber"),
		rowset.Figure("figures", figuresSQL("provider_id", "p.id"), "figures"))
	// ProviderRows selects these rows; a condition follows.
	ProviderRows = ProviderTable.Rows()
)

var providerList = rowset.Pages[market.Provider]{Table: ProviderTable, Name: "providers", Order: []string{"name", "id"}}

// Providers is a page of all providers, by name.
func Providers(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.Provider], error) {
	return providerList.Page(ctx, v, p)
}

// ProvidersByID reads providers.
func ProvidersByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Provider, error) {
	return ProviderTable.ByID(ctx, v, ids)
}
