package directory

import "github.com/southeasttogether/dps/market"

// AreaNamed is what a name and a code of a filter mean.
type AreaNamed struct {
	District  *string `db:"district"`  // as settings have it
	Authority *string `db:"authority"` // code of the local authority of that name
	Known     bool    `db:"known"`     // the code is a local authority's
}

// LocateFilter writes the district of a filter as settings have it, and refuses one that is not known.
func LocateFilter(f market.PlaceFilter, found AreaNamed) (market.PlaceFilter, error) {
	switch {
	case f.LocalAuthority != nil && !found.Known:
		return f, market.RefuseField(market.Invalid, "localAuthority",
			"We do not know this local authority: enter its three-digit DfE code, which `districts` has.")
	case f.District == nil:
		return f, nil
	case found.District != nil:
		f.District = found.District
		return f, nil
	case found.Authority != nil:
		return f, market.RefuseField(market.Invalid, "district",
			"This is a local authority with several districts: enter %s in localAuthority, or choose one of its districts.", *found.Authority)
	}
	return f, market.RefuseField(market.Invalid, "district", "We do not know this district: choose one of the list `districts`.")
}
