package registers

import (
	"fmt"
	"io"
	"slices"

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

// OpenGIAS begins to read an extract of Get Information About Schools on a day. It gives a *BrokenFileError for a file that is
// not one.
func OpenGIAS(file io.Reader, today market.Date) (*File, error) {
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
	return newFile(row{table: t, today: today}, market.SettingSchool, told, readGIASEntry), nil
}

// boughtTypes are the types of establishment that the market buys from: non-maintained special schools, other independent
// special schools, other independent schools, special post-16 institutions.
var boughtTypes = []string{"08", "10", "11", "32"}

// What the status of an establishment says, by its code: 1 open, 2 closed, 3 open but proposed to close, 4 proposed to
// open. Source: the glossary of GIAS (check).
const (
	statusOpen     = "1"
	statusClosed   = "2"
	statusClosing  = "3"
	statusProposed = "4"
)

func readGIASEntry(r *row) (*directory.DirectoryEntry, string) {
	kind := r.paddedCode(giasType, 2, "")
	if kind == nil || !slices.Contains(boughtTypes, *kind) {
		return nil, reasonOtherType
	}
	status := r.shortText(giasStatus, 20, "")
	if status == statusProposed {
		return nil, reasonNotOpen
	}
	e := &directory.DirectoryEntry{Line: r.line, Setting: market.Setting{
		Kind: market.SettingSchool, EstablishmentType: kind,
		Urn: r.requiredGIASURN(),
	}}
	e.DirectoryChangedOn = r.dayValue(giasChanged, "directory_changed_on")
	closing := r.dayValue(giasClosed, "")
	switch {
	case status == statusClosed && (closing == nil || !closing.After(r.today)):
		r.readClosed(e, closing)
		return e, ""
	case status != statusOpen && status != statusClosed && status != statusClosing:
		r.leave("closed_on", "%s must be between 1 and 4", giasStatus)
	default:
		r.readClosing(e, giasClosed, closing)
	}
	r.readOpenSchool(e)
	return e, ""
}

// readClosing takes the day on which an open setting is to close. A day that has passed, of one that is listed as open, is not taken.
func (r *row) readClosing(e *directory.DirectoryEntry, column string, closing *market.Date) {
	if closing != nil && !closing.After(r.today) {
		r.leave("", "%s has passed, but the setting is listed as open: the day is not taken", column)
		return
	}
	e.ClosedOn = closing
}

func (r *row) requiredGIASURN() string {
	urn, ok := identifier.URN(market.SettingSchool, r.trimmedValue(giasURN))
	if !ok {
		r.rejectLine("URN must be 6 digits")
	}
	return urn
}

// readClosed takes a setting that has closed. Of some only the day is known on which the entry last changed, and of some no day at all:
// they have closed by today.
func (r *row) readClosed(e *directory.DirectoryEntry, closed *market.Date) {
	e.Closed, e.ClosedOn = true, closed
	if closed == nil {
		e.ClosedOn = e.DirectoryChangedOn
	}
	if e.ClosedOn == nil || e.ClosedOn.After(r.today) {
		e.ClosedOn, e.ClosedBy = &r.today, true
		r.leave("", "it is closed, but no day is told: it closed by %s", r.today)
	}
}

// readOpenSchool reads what is told of an open school.
func (r *row) readOpenSchool(e *directory.DirectoryEntry) {
	e.Name, e.District = r.requiredText(giasName, 200, "name"), r.requiredText(giasDistrict, 100, "district")
	e.AgeLow, e.AgeHigh = r.ageRange(giasLowAge, giasHighAge)
	e.LocalAuthority, e.Outcode = r.authorityCode(giasLA), r.outcodeOf(giasPostcode)
	e.DfENumber = r.dfeNumber()
	e.Gender = r.admittedGender("Gender (name)")
	e.Section41 = r.approval("Section41Approved (name)")
	e.Needs = r.needTypes()
	e.Places = r.wholeNumber("SchoolCapacity", 0, 20_000, "places")
	e.OpenedOn = r.dayValue("OpenDate", "opened_on")
	e.Easting, e.Northing = r.gridPosition()
	e.Address = r.joinedText([]string{"Street", "Locality", "Address3", "Town", "County (name)", giasPostcode}, 200)
	r.readInspection(e, "Overall effectiveness", giasRating, giasRatedOn)
}

// authorityCode is the DfE code of a local authority; nil where it is blank or does not apply.
func (r *row) authorityCode(column string) *string {
	code := r.paddedCode(column, 3, "local_authority")
	if code != nil && *code == "000" {
		return nil
	}
	return code
}

// oldestAge is the age that a plan can last to. Source: Children and Families Act 2014, s 37 with s 83: under 25.
const oldestAge = 25

// ageRange are from when to when a setting admits, each nil where it is blank; some schools say up to 99, for adult learners, and so are
// read as 25.
func (r *row) ageRange(low, high string) (from, to *int) {
	from, to = r.wholeNumber(low, 0, 99, "age_low"), r.wholeNumber(high, 0, 99, "age_high")
	if from != nil && (*from > oldestAge || to != nil && *from > *to) {
		r.leave("age_low", "%s is above %s or above %d", low, high, oldestAge)
		r.unread = append(r.unread, "age_high")
		return nil, nil
	}
	if to != nil {
		to = new(min(*to, oldestAge))
	}
	return from, to
}

// dfeNumber is the school's number with its authority's before it, which outlasts a URN; nil where one is missing.
func (r *row) dfeNumber() *string {
	authority, number := r.paddedCode(giasLA, 3, "dfe_number"), r.paddedCode(giasNumber, 4, "dfe_number")
	if authority == nil || number == nil {
		return nil
	}
	return new(*authority + "/" + *number)
}

// needTypes are the types in SEN1 to SEN13, each once; nil where all are blank, and empty where they say that none applies. These are
// positions: one may be "Not Applicable" and later ones filled. A type that is not known is reported, and the others are taken.
func (r *row) needTypes() market.Texts {
	needs, told := market.Texts{}, false
	for _, column := range giasNeeds {
		value := r.trimmedValue(column)
		if value == "" {
			continue
		}
		need := needNamed(value)
		switch {
		case sameWord(value, "Not Applicable"):
			told = true
		case need == "":
			r.leave("", "%s has a need type that is not known%s", column, quotedWord(value))
		case !slices.Contains(needs, need):
			needs, told = append(needs, need), true
		}
	}
	if !told {
		return nil
	}
	return needs
}

var giasNeeds = func() (columns [13]string) {
	for i := range columns {
		columns[i] = fmt.Sprintf("SEN%d (name)", i+1)
	}
	return columns
}()

// gridPosition is the position of a school; nil for both if either is missing or 0, which is how GIAS writes an unknown
// position.
func (r *row) gridPosition() (*int, *int) {
	easting, northing := r.wholeNumber(giasEasting, 0, maxEasting, "easting"), r.wholeNumber(giasNorthing, 0, maxNorthing, "northing")
	if (easting == nil) != (northing == nil) {
		r.unread = append(r.unread, "easting", "northing") // neither without the other
	}
	if easting == nil || northing == nil || *easting == 0 || *northing == 0 {
		return nil, nil
	}
	return easting, northing
}
