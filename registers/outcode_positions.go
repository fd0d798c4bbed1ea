package registers

import (
	"maps"
	"slices"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
)

// outcodeSums are the sums of the positions of all schools in each outcode, of whatever type, open or closed.
type outcodeSums map[string]*positionSum

type positionSum struct{ easting, northing, schools int }

// The National Grid covers 700 by 1,300 kilometres. Source: Ordnance Survey, A guide to coordinate systems in Great
// Britain (check).
const maxEasting, maxNorthing = 700_000, 1_300_000

// addSchool counts a line of a list of schools; a line without both, or with one that is no position, is left out. It rejects
// nothing: most lines are of schools that the market does not know.
func (o outcodeSums) addSchool(r *row, kind market.SettingKind) {
	if kind != market.SettingSchool {
		return
	}
	silent := row{table: r.table, today: r.today}
	code, easting, northing := silent.outcodeOf(giasPostcode), silent.wholeNumber(giasEasting, 1, maxEasting, ""),
		silent.wholeNumber(giasNorthing, 1, maxNorthing, "")
	if code == nil || easting == nil || northing == nil || silent.rejectCause != "" {
		return
	}
	at := o[*code]
	if at == nil {
		at = &positionSum{}
		o[*code] = at
	}
	at.easting += *easting
	at.northing += *northing
	at.schools++
}

// meanPositions are where the outcodes are, in order.
func (o outcodeSums) meanPositions() []directory.OutcodeCentre {
	var all []directory.OutcodeCentre
	for _, code := range slices.Sorted(maps.Keys(o)) {
		s := o[code]
		all = append(all, directory.OutcodeCentre{Outcode: code, Easting: roundedMean(s.easting, s.schools), Northing: roundedMean(s.northing,
			s.schools), Schools: s.schools})
	}
	return all
}

func roundedMean(sum, n int) int { return (sum + n/2) / n }
