package registers

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
)

// Columns of an extract that are named more than once here.
const (
	giasURN      = "URN"
	giasName     = "EstablishmentName"
	giasType     = "TypeOfEstablishment (code)"
	giasStatus   = "EstablishmentStatus (code)"
	giasLow      = "StatutoryLowAge"
	giasHigh     = "StatutoryHighAge"
	giasDistrict = "DistrictAdministrative (name)"
	giasPostcode = "Postcode"
	giasEasting  = "Easting"
	giasNorthing = "Northing"
	giasRating   = "OfstedRating (name)"
	giasRated    = "OfstedLastInsp"
	giasNumber   = "EstablishmentNumber"
	giasLA       = "LA (code)"
	giasChanged  = "LastChangedDate"
	giasClosed   = "CloseDate"
)

// giasTold are the columns of a setting that an extract tells, each where it has all the columns named. What it does not
// tell stays as it is.
var giasTold = []struct{ setting, from string }{
	{"establishment_type", giasType}, {"gender", "Gender (name)"}, {"section41", "Section41Approved (name)"},
	{"local_authority", giasLA}, {"outcode", giasPostcode}, {"easting", giasEasting}, {"northing", giasNorthing},
	{"needs", "SEN1 (name)"}, {"places", "SchoolCapacity"}, {"opened_on", "OpenDate"}, {"directory_changed_on", giasChanged},
	{"dfe_number", giasNumber}, {"address", giasPostcode},
}

// GIAS begins to read an extract of Get Information About Schools. An error is a *Broken for a file that is none.
func GIAS(file io.Reader) (*File, error) {
	t, err := newTable(file)
	if err != nil {
		return nil, err
	}
	if err := t.need(giasURN, giasName, giasType, giasStatus, giasClosed, giasLow, giasHigh, giasDistrict, giasLA, giasPostcode); err != nil {
		return nil, err
	}
	if t.has(giasEasting) != t.has(giasNorthing) {
		return nil, &Broken{1, "names one of Easting and Northing: a position is both"}
	}
	told := []string{"name", "district", "age_low", "age_high"}
	for _, column := range giasTold {
		if t.has(column.from) {
			told = append(told, column.setting)
		}
	}
	return newFile(t, market.SettingSchool, told, giasEntry), nil
}

// relevant are the types of establishment that the market buys from: non-maintained special schools, other independent
// special schools, other independent schools, special post-16 institutions.
var relevant = []string{"08", "10", "11", "32"}

// What the status of an establishment says, by its code: 1 open, 2 closed, 3 open but proposed to close, 4 proposed to
// open. Source: the glossary of GIAS (check).
const (
	statusClosed   = "2"
	statusProposed = "4"
)

func giasEntry(r *row) (*directory.DirectoryEntry, string) {
	kind := r.code(giasType, 2)
	if kind == nil || !slices.Contains(relevant, *kind) {
		return nil, otherType
	}
	status := r.given(giasStatus, 1)
	if status == statusProposed {
		return nil, notOpen
	}
	e := &directory.DirectoryEntry{Line: r.line, Setting: market.Setting{Kind: market.SettingSchool, EstablishmentType: kind, Urn: r.giasURN()}}
	e.DirectoryChangedOn = r.date(giasChanged)
	if status == statusClosed {
		e.ClosedOn = r.closed()
		return e, ""
	}
	if status != "1" && status != "3" {
		r.reject("%s is not one of 1 to 4", giasStatus)
	}
	r.school(e)
	return e, ""
}

var giasURNForm = regexp.MustCompile(`^[1-9][0-9]{5}$`)

func (r *row) giasURN() string {
	urn := r.value(giasURN)
	if !giasURNForm.MatchString(urn) {
		r.reject("URN is not six digits")
	}
	return urn
}

// closed is when a closed establishment closed. Of some only the day is known on which the entry last changed.
func (r *row) closed() *market.Date {
	on := r.date(giasClosed)
	if on == nil {
		on = r.date(giasChanged)
	}
	if on == nil {
		r.reject("it is closed, and %s is empty", giasClosed)
	}
	return on
}

// school reads what is told of an open school.
func (r *row) school(e *directory.DirectoryEntry) {
	e.Name, e.District = r.given(giasName, 200), r.given(giasDistrict, 100)
	e.AgeLow, e.AgeHigh = r.ages(giasLow, giasHigh)
	e.LocalAuthority, e.Outcode = r.code(giasLA, 3), r.outcode(giasPostcode)
	e.DfENumber = r.dfeNumber()
	e.Gender = r.gender("Gender (name)")
	e.Section41 = strings.EqualFold(r.value("Section41Approved (name)"), "Approved")
	e.Needs = r.needs()
	if places := r.number("SchoolCapacity", 0, 20_000); places != nil {
		e.Places = *places
	}
	e.OpenedOn = r.date("OpenDate")
	e.Easting, e.Northing = r.position()
	e.Address = r.joined([]string{"Street", "Locality", "Address3", "Town", "County (name)", giasPostcode}, 200)
	if value, on := r.text(giasRating, 100), r.date(giasRated); value != "" && on != nil {
		e.Inspection = &market.Inspection{Body: "Ofsted", Scale: "Overall effectiveness", Value: value, InspectedOn: *on}
	}
}

// oldest is the age that a plan may last to. Source: Children and Families Act 2014, s 37 with s 83: under 25.
const oldest = 25

// ages are from when to when a setting admits; some schools say up to 99, for adult learners, and so are read as 25.
func (r *row) ages(low, high string) (int, int) {
	from, to := r.number(low, 0, 99), r.number(high, 0, 99)
	if from == nil || to == nil {
		r.reject("%s or %s is empty", low, high)
		return 0, 0
	}
	if *from > *to || *from > oldest {
		r.reject("%s is above %s, or above %d", low, high, oldest)
	}
	return *from, min(*to, oldest)
}

// dfeNumber is the school's number with its authority's before it, which outlasts a URN; nil where one is missing.
func (r *row) dfeNumber() *string {
	authority, number := r.code(giasLA, 3), r.code(giasNumber, 4)
	if authority == nil || number == nil {
		return nil
	}
	return new(*authority + "/" + *number)
}

var genders = map[string]market.SettingGender{"mixed": market.AdmitsMixed, "boys": market.AdmitsBoys, "girls": market.AdmitsGirls}

// gender is whom a setting admits; nil for all other words, which say that it does not apply or was not told.
func (r *row) gender(column string) *market.SettingGender {
	if gender, known := genders[strings.ToLower(r.value(column))]; known {
		return &gender
	}
	return nil
}

// needs are the types in SEN1 to SEN13, each once. These are positions: one may be "Not Applicable" and later ones filled.
func (r *row) needs() market.Texts {
	needs := market.Texts{}
	for i := 1; i <= 13; i++ {
		column := fmt.Sprintf("SEN%d (name)", i)
		value := r.value(column)
		known := slices.IndexFunc(market.NeedTypes, func(need string) bool { return strings.EqualFold(need, value) })
		switch {
		case value == "", strings.EqualFold(value, "Not Applicable"):
		case known < 0:
			r.reject("%s is not a need type that GIAS is known to have", column)
		case !slices.Contains(needs, market.NeedTypes[known]):
			needs = append(needs, market.NeedTypes[known])
		}
	}
	return needs
}

// position is where a school is; nil for both where either is missing or 0, as GIAS writes what it does not know.
func (r *row) position() (*int, *int) {
	easting, northing := r.number(giasEasting, 0, widest), r.number(giasNorthing, 0, highest)
	if easting == nil || northing == nil || *easting == 0 || *northing == 0 {
		return nil, nil
	}
	return easting, northing
}
