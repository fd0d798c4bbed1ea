package registers

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/market/identifier"
	"github.com/southeasttogether/dps/market/text"
)

// ColumnMap says where in a list of social care things stand, because Ofsted names its columns differently from year to year
// and from list to list. A column that is not named is not told. It is a JSON file.
type ColumnMap struct {
	URN            string              `json:"urn"`
	PreviousURN    string              `json:"previousUrn"` // of a home that was registered again
	Name           string              `json:"name"`
	District       string              `json:"district"`       // all that is told of where a home is
	LocalAuthority string              `json:"localAuthority"` // its DfE code, three digits
	Address        []string            `json:"address"`        // in order; kept protected
	Places         string              `json:"places"`
	AgeLow         string              `json:"ageLow"`
	AgeHigh        string              `json:"ageHigh"`
	Gender         string              `json:"gender"`
	OpenedOn       string              `json:"openedOn"`
	ClosedOn       string              `json:"closedOn"`
	ChangedOn      string              `json:"changedOn"`
	Inspection     string              `json:"inspection"`
	Scale          string              `json:"scale"` // what the inspection judged
	InspectedOn    string              `json:"inspectedOn"`
	Homes          columnFilter        `json:"homes"` // which lines are children's homes
	Open           columnFilter        `json:"open"`  // which of them are open; where it names no column, those without closedOn
	Needs          map[string][]string `json:"needs"` // words of the columns in needsFrom, and the need types that they stand for
	NeedsFrom      []string            `json:"needsFrom"`
}

// columnFilter are the lines that have one of some values in a column.
type columnFilter struct {
	Column string   `json:"column"`
	Values []string `json:"values"`

	found map[string]bool // whether a word of the column is one of the values
}

// matchesRow compares words folded: a spreadsheet writes "Children’s home" where another wrote "Children's Home".
func (c *columnFilter) matchesRow(r *row) bool {
	if c.Column == "" {
		return true
	}
	value := r.trimmedValue(c.Column)
	if c.found == nil {
		c.found = map[string]bool{}
	}
	found, ok := c.found[value]
	if !ok {
		found = slices.ContainsFunc(c.Values, func(v string) bool { return sameWord(v, value) })
		c.found[strings.Clone(value)] = found
	}
	return found
}

// ReadColumnMap reads a map. It refuses a name that it does not know, lest a thing be silently not told.
func ReadColumnMap(file io.Reader) (ColumnMap, error) {
	var m ColumnMap
	decoder := json.NewDecoder(io.LimitReader(file, 1<<20))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return m, fmt.Errorf("the map is not valid: %w", err)
	}
	if m.URN == "" || m.Name == "" || m.District == "" || m.Homes.Column == "" {
		return m, fmt.Errorf("the map must have columns for urn, name, district and homes")
	}
	if (m.Inspection == "") != (m.InspectedOn == "") || (m.Inspection == "") != (m.Scale == "") {
		return m, fmt.Errorf("the map must have all of inspection, inspectedOn and scale, or none")
	}
	return m, m.foldNeeds()
}

// foldNeeds writes the words of the map's needs as they are compared, and its need types as GIAS writes them.
func (m *ColumnMap) foldNeeds() error {
	folded := map[string][]string{}
	for word, needs := range m.Needs {
		for _, need := range needs {
			named := needNamed(need)
			if named == "" {
				return fmt.Errorf("the map has a need type that GIAS does not have: %q", need)
			}
			folded[text.Fold(word)] = append(folded[text.Fold(word)], named)
		}
	}
	m.Needs = folded
	return nil
}

// namedColumns are all that the map names.
func (m ColumnMap) namedColumns() []string {
	all := slices.Concat(m.Address, m.NeedsFrom, []string{
		m.URN, m.PreviousURN, m.Name, m.District, m.LocalAuthority,
		m.Places, m.AgeLow, m.AgeHigh,
		m.Gender, m.OpenedOn, m.ClosedOn, m.ChangedOn, m.Inspection, m.InspectedOn, m.Homes.Column, m.Open.Column,
	})
	return slices.DeleteFunc(all, func(column string) bool { return column == "" })
}

// mappedColumns are the columns of a setting that the map has a place for.
func (m ColumnMap) mappedColumns() []string {
	told := []string{"name", "district"}
	for column, from := range map[string]string{
		"local_authority": m.LocalAuthority, "places": m.Places, "gender": m.Gender,
		"opened_on":            m.OpenedOn,
		"directory_changed_on": m.ChangedOn, "age_low": m.AgeLow, "age_high": m.AgeHigh, "address": strings.Join(m.Address, ""),
		"needs": strings.Join(m.NeedsFrom, ""),
	} {
		if from != "" {
			told = append(told, column)
		}
	}
	slices.Sort(told)
	return told
}

// OpenOfsted begins to read a list of social care on a day. It gives a *BrokenFileError for a file that is not one, or does not
// fit the map.
func OpenOfsted(file io.Reader, m ColumnMap, today market.Date) (*File, error) {
	t, err := newTable(file)
	if err != nil {
		return nil, err
	}
	if err := t.requireColumns(m.namedColumns()...); err != nil {
		return nil, err
	}
	if (m.AgeLow == "") != (m.AgeHigh == "") {
		return nil, fmt.Errorf("the map must have both ageLow and ageHigh, or neither")
	}
	f := newFile(row{table: t, today: today}, market.SettingHome, m.mappedColumns(), m.readHomeEntry)
	f.filters = []*columnFilter{&m.Homes, &m.Open}
	return f, nil
}

func (m *ColumnMap) readHomeEntry(r *row) (*directory.DirectoryEntry, string) {
	if !m.Homes.matchesRow(r) {
		return nil, reasonOtherType
	}
	e := &directory.DirectoryEntry{Line: r.line, Setting: market.Setting{
		Kind: market.SettingHome, Urn: r.homeURN(m.URN),
	}}
	e.DirectoryChangedOn = r.dayValue(m.ChangedOn, "directory_changed_on")
	closing := r.dayValue(m.ClosedOn, "closed_on")
	switch open := m.Open.matchesRow(r); {
	case closing != nil && !closing.After(r.today), !open && m.ClosedOn == "":
		r.readClosed(e, closing)
		return e, ""
	case !open && closing == nil:
		return nil, reasonNotOpen
	}
	e.ClosedOn = closing
	m.readOpenHome(r, e)
	return e, ""
}

func (r *row) homeURN(column string) string {
	urn := r.previousHomeURN(column)
	if urn == nil {
		r.rejectLine("%s is not an Ofsted URN", column)
		return ""
	}
	return *urn
}

// previousHomeURN is a home's URN; nil for anything else.
func (r *row) previousHomeURN(column string) *string {
	urn, ok := identifier.URN(market.SettingHome, r.trimmedValue(column))
	if !ok {
		return nil
	}
	return &urn
}

// readOpenHome reads what is told of an open home.
func (m *ColumnMap) readOpenHome(r *row, e *directory.DirectoryEntry) {
	e.Address = r.joinedText(m.Address, 200)
	e.Name, e.District = r.homeName(m.Name, e), r.requiredText(m.District, 100, "district")
	if e.PreviousURN = r.previousHomeURN(m.PreviousURN); e.PreviousURN == nil && r.trimmedValue(m.PreviousURN) != "" {
		r.leave("", "%s is not an Ofsted URN", m.PreviousURN)
	}
	e.LocalAuthority, e.Gender, e.OpenedOn = r.authorityCode(m.LocalAuthority), r.admittedGender(m.Gender), r.dayValue(m.OpenedOn, "opened_on")
	if m.AgeLow != "" {
		e.AgeLow, e.AgeHigh = r.ageRange(m.AgeLow, m.AgeHigh)
	}
	e.Places = r.wholeNumber(m.Places, 0, 1000, "places")
	m.readHomeNeeds(r, e)
	r.readInspection(e, m.Scale, m.Inspection, m.InspectedOn)
}

var anyDigit = regexp.MustCompile(`[0-9]`)

// homeName is a home's name. Everybody reads names, and nobody may learn from one where a home is: one that is a part of
// the address, with a house's number, becomes the URN, and so does one with a postcode in it.
func (r *row) homeName(column string, e *directory.DirectoryEntry) string {
	name := r.requiredText(column, 200, "name")
	if embeddedPostcode.MatchString(name) {
		r.leave("", "%s contains a postcode: the home is called by its URN", column)
		return "Home " + e.Urn
	}
	if anyDigit.MatchString(name) && strings.Contains(strings.ToLower(e.Address), strings.ToLower(name)) {
		return "Home " + e.Urn
	}
	return name
}

// readHomeNeeds are the need types that the map has for the words of a line; nil where it has none.
func (m *ColumnMap) readHomeNeeds(r *row, e *directory.DirectoryEntry) {
	needs := market.Texts{}
	for _, column := range m.NeedsFrom {
		value := r.trimmedValue(column)
		known, ok := m.Needs[text.Fold(value)]
		if value != "" && !ok {
			r.leave("", "%s has a word that the map does not have%s", column, quotedWord(value))
		}
		for _, need := range known {
			if !slices.Contains(needs, need) {
				needs = append(needs, need)
			}
		}
	}
	if len(needs) > 0 {
		e.Needs = needs
	}
}
