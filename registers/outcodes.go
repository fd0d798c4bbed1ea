package registers

import (
	"maps"
	"slices"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
)

// outcodes are the sums of the positions of all schools in each outcode, of whatever type, open or closed.
type outcodes map[string]*sum

type sum struct{ easting, northing, schools int }

// The National Grid covers 700 by 1,300 kilometres. Source: Ordnance Survey, A guide to coordinate systems in Great
// Britain (check).
const widest, highest = 700_000, 1_300_000

// add counts a line of a list of schools; a line without both, or with one that is no position, is left out. It rejects
// nothing: most lines are of schools that the market does not know.
func (o outcodes) add(r *row, kind market.SettingKind) {
	if kind != market.SettingSchool {
		return
	}
	silent := row{table: r.table}
	code, easting, northing := silent.outcode(giasPostcode), silent.number(giasEasting, 1, widest), silent.number(giasNorthing, 1, highest)
	if code == nil || easting == nil || northing == nil || silent.cause != "" {
		return
	}
	at := o[*code]
	if at == nil {
		at = &sum{}
		o[*code] = at
	}
	at.easting += *easting
	at.northing += *northing
	at.schools++
}

// means are where the outcodes are, in order.
func (o outcodes) means() []directory.OutcodeCentre {
	var all []directory.OutcodeCentre
	for _, code := range slices.Sorted(maps.Keys(o)) {
		s := o[code]
		all = append(all, directory.OutcodeCentre{Outcode: code, Easting: mean(s.easting, s.schools), Northing: mean(s.northing, s.schools), Schools: s.schools})
	}
	return all
}

func mean(sum, n int) int { return (sum + n/2) / n }
