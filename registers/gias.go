package registers

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/market/identifier"
)

// Columns of an extract that are named more than once here.
const (
	giasURN      = "URN"
	giasName     = "EstablishmentName"
	giasType     = "TypeOfEstablishment (code)"
	giasStatus   = "EstablishmentStatus (code)"
	giasLowAge   = "StatutoryLowAge"
	giasHighAge  = "StatutoryHighAge"
	giasDistrict = "DistrictAdministrative (name)"
	giasPostcode = "Postcode"
	giasEasting  = "Easting"
	giasNorthing = "Northing"
	giasRating   = "OfstedRating (name)"
	giasRatedOn  = "OfstedLastInsp"
	giasNumber   = "EstablishmentNumber"
	giasLA       = "LA (code)"
	giasChanged  = "LastChangedDate"
	giasClosed   = "CloseDate"
)

// giasToldColumns are the columns of a setting that an extract contains, each if it has all the columns named. Other
// columns do not change.
var giasToldColumns = []struct{ setting, from string }{
	{"establishment_type", giasType},
	{"gender", "Gender (name)"},
	{"section41", "Section41Approved (name)"},
	{"local_authority", giasLA},
	{"outcode", giasPostcode},
	{"easting", giasEasting},
	{"northing", giasNorthing},
	{"needs", "SEN1 (name)"},
	{"places", "SchoolCapacity"},
	{"opened_on", "OpenDate"},
	{"directory_changed_on", giasChanged},
	{"dfe_number", giasNumber},
	{"address", giasPostcode},
}

// OpenGIAS begins to read an extract of Get Information About Schools. It gives a *BrokenFileError for a file that is
// not one.
func OpenGIAS(file io.Reader) (*File, error) {
	t, err := newTable(file)
	if err != nil {
		return nil, err
	}
	if err := t.requireColumns(giasURN, giasName, giasType, giasStatus, giasClosed, giasLowAge, giasHighAge, giasDistrict, giasLA,
		giasPostcode); err != nil {
		return nil, err
	}
	if t.hasColumn(giasEasting) != t.hasColumn(giasNorthing) {
		return nil, &BrokenFileError{1, "has only one of Easting and Northing: a position needs both"}
	}
	told := []string{"name", "district", "age_low", "age_high"}
	for _, column := range giasToldColumns {
		if t.hasColumn(column.from) {
			told = append(told, column.setting)
		}
	}
	return newFile(t, market.SettingSchool, told, readGIASEntry), nil
}

// boughtTypes are the types of establishment that the market buys from: non-maintained special schools, other independent
// special schools, other independent schools, special post-16 institutions.
var boughtTypes = []string{"08", "10", "11", "32"}

// What the status of an establishment says, by its code: 1 open, 2 closed, 3 open but proposed to close, 4 proposed to
// open. Source: the glossary of GIAS (check).
const (
	statusClosed   = "2"
	statusProposed = "4"
)

func readGIASEntry(r *row) (*directory.DirectoryEntry, string) {
	kind := r.paddedCode(giasType, 2)
	if kind == nil || !slices.Contains(boughtTypes, *kind) {
		return nil, reasonOtherType
	}
	status := r.requiredText(giasStatus, 1)
	if status == statusProposed {
		return nil, reasonNotOpen
	}
	e := &directory.DirectoryEntry{Line: r.line, Setting: market.Setting{
		Kind: market.SettingSchool, EstablishmentType: kind,
		Urn: r.requiredGIASURN(),
	}}
	e.DirectoryChangedOn = r.dayValue(giasChanged)
	if status == statusClosed {
		e.ClosedOn = r.closingDate()
		return e, ""
	}
	if status != "1" && status != "3" {
		r.rejectLine("%s must be between 1 and 4", giasStatus)
	}
	r.readOpenSchool(e)
	return e, ""
}

func (r *row) requiredGIASURN() string {
	urn, ok := identifier.URN(market.SettingSchool, r.trimmedValue(giasURN))
	if !ok {
		r.rejectLine("URN must be 6 digits")
	}
	return urn
}

// closingDate is when a closed establishment closed. Of some only the day is known on which the entry last changed.
func (r *row) closingDate() *market.Date {
	on := r.dayValue(giasClosed)
	if on == nil {
		on = r.dayValue(giasChanged)
	}
	if on == nil {
		r.rejectLine("it is closed, but %s is empty", giasClosed)
	}
	return on
}

// readOpenSchool reads what is told of an open school.
func (r *row) readOpenSchool(e *directory.DirectoryEntry) {
	e.Name, e.District = r.requiredText(giasName, 200), r.requiredText(giasDistrict, 100)
	e.AgeLow, e.AgeHigh = r.ageRange(giasLowAge, giasHighAge)
	e.LocalAuthority, e.Outcode = r.paddedCode(giasLA, 3), r.outcodeOf(giasPostcode)
	e.DfENumber = r.dfeNumber()
	e.Gender = r.admittedGender("Gender (name)")
	e.Section41 = strings.EqualFold(r.trimmedValue("Section41Approved (name)"), "Approved")
	e.Needs = r.needTypes()
	if places := r.wholeNumber("SchoolCapacity", 0, 20_000); places != nil {
		e.Places = *places
	}
	e.OpenedOn = r.dayValue("OpenDate")
	e.Easting, e.Northing = r.gridPosition()
	e.Address = r.joinedText([]string{"Street", "Locality", "Address3", "Town", "County (name)", giasPostcode}, 200)
	if value, on := r.shortText(giasRating, 100), r.dayValue(giasRatedOn); value != "" && on != nil {
		e.Inspection = &market.Inspection{Body: "Ofsted", Scale: "Overall effectiveness", Value: value, InspectedOn: *on}
	}
}

// oldestAge is the age that a plan can last to. Source: Children and Families Act 2014, s 37 with s 83: under 25.
const oldestAge = 25

// ageRange are from when to when a setting admits; some schools say up to 99, for adult learners, and so are read as 25.
func (r *row) ageRange(low, high string) (int, int) {
	from, to := r.wholeNumber(low, 0, 99), r.wholeNumber(high, 0, 99)
	if from == nil || to == nil {
		r.rejectLine("%s or %s is empty", low, high)
		return 0, 0
	}
	if *from > *to || *from > oldestAge {
		r.rejectLine("%s is above %s or above %d", low, high, oldestAge)
	}
	return *from, min(*to, oldestAge)
}

// dfeNumber is the school's number with its authority's before it, which outlasts a URN; nil where one is missing.
func (r *row) dfeNumber() *string {
	authority, number := r.paddedCode(giasLA, 3), r.paddedCode(giasNumber, 4)
	if authority == nil || number == nil {
		return nil
	}
	return new(*authority + "/" + *number)
}

var gendersByWord = map[string]market.SettingGender{"mixed": market.AdmitsMixed, "boys": market.AdmitsBoys, "girls": market.AdmitsGirls}

// admittedGender is whom a setting admits; nil for all other words, which say that it does not apply or was not told.
func (r *row) admittedGender(column string) *market.SettingGender {
	if gender, ok := gendersByWord[strings.ToLower(r.trimmedValue(column))]; ok {
		return &gender
	}
	return nil
}

// needTypes are the types in SEN1 to SEN13, each once. These are positions: one may be "Not Applicable" and later ones filled.
func (r *row) needTypes() market.Texts {
	needs := market.Texts{}
	for i := 1; i <= 13; i++ {
		column := fmt.Sprintf("SEN%d (name)", i)
		value := r.trimmedValue(column)
		known := slices.IndexFunc(market.NeedTypes, func(need string) bool { return strings.EqualFold(need, value) })
		switch {
		case value == "", strings.EqualFold(value, "Not Applicable"):
		case known < 0:
			r.rejectLine("%s is not a need type that GIAS uses", column)
		case !slices.Contains(needs, market.NeedTypes[known]):
			needs = append(needs, market.NeedTypes[known])
		}
	}
	return needs
}

// gridPosition is the position of a school; nil for both if either is missing or 0, which is how GIAS writes an unknown
// position.
func (r *row) gridPosition() (*int, *int) {
	easting, northing := r.wholeNumber(giasEasting, 0, maxEasting), r.wholeNumber(giasNorthing, 0, maxNorthing)
	if easting == nil || northing == nil || *easting == 0 || *northing == 0 {
		return nil, nil
	}
	return easting, northing
}
