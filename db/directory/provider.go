package directory

import (
	"context"
	"reflect"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

const ProviderRows = `SELECT p.id, p.name, p.ukprn, p.company_number FROM provider p`

var providerList = engine.Listing[market.Provider]{
	Name: "providers", Rows: ProviderRows, Keys: "p.name, p.id",
	Key: func(p *market.Provider) []any { return []any{p.Name, p.ID} },
}

// Providers is a page of all providers, by name.
func Providers(ctx context.Context, v *engine.View, p market.Page) (*market.ProviderConnection, error) {
	return engine.Page(ctx, v, providerList, p)
}

// ProvidersByID reads providers.
func ProvidersByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Provider, error) {
	return engine.ByID(ctx, v, ProviderRows, "p.id", ids, func(p *market.Provider) uuid.UUID { return p.ID })
}

func init() {
	engine.RegisterThing("provider", ProviderRows, "p.id", reflect.TypeFor[market.Provider]())
	engine.RegisterThing("setting", SettingRows, "s.id", reflect.TypeFor[market.Setting]())
	engine.RegisterReckoned(reflect.TypeFor[market.Provider](), "figures", FiguresSQL("provider_id", "p.id"))
	engine.RegisterReckoned(reflect.TypeFor[market.Setting](), "figures", FiguresSQL("setting_id", "s.id"))
}
