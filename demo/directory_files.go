package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
)

// How many synthetic providers and settings the whole region has. The first of them are those of Region.
const (
	allProviders     = 150
	allSettings      = 420
	unlinkedSettings = 12 // the last settings, of which nobody says whose they are
)

// WholeRegion is the region with all its providers and none of their settings, which come from the directories.
func WholeRegion(r db.Region) db.Region {
	r.Settings = nil
	for n := len(r.Providers) + 1; n <= allProviders; n++ {
		r.Providers = append(r.Providers, newProvider(n))
	}
	return r
}

// ownerOf is the provider of a setting of the whole region: each provider has two or four.
func ownerOf(n int) int { return ((n+1)/2-1)%allProviders + 1 }

// giasColumns are the columns of an extract of Get Information About Schools of 2024.
var giasColumns = strings.Split("URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment "+
	"(code),TypeOfEstablishment (name),"+
	"EstablishmentTypeGroup (code),EstablishmentTypeGroup (name),EstablishmentStatus (code),EstablishmentStatus (name),"+
	"ReasonEstablishmentOpened (code),ReasonEstablishmentOpened (name),OpenDate,ReasonEstablishmentClosed (code),"+
	"ReasonEstablishmentClosed (name),CloseDate,PhaseOfEducation (code),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,Boarders "+
	"(code),"+
	"Boarders (name),NurseryProvision (name),OfficialSixthForm (code),OfficialSixthForm (name),Gender (code),Gender (name),"+
	"ReligiousCharacter (code),ReligiousCharacter (name),ReligiousEthos (name),Diocese (code),Diocese (name),AdmissionsPolicy (code),"+
	"AdmissionsPolicy (name),SchoolCapacity,SpecialClasses (code),SpecialClasses (name),CensusDate,NumberOfPupils,NumberOfBoys,NumberOfGirls,"+
	"PercentageFSM,TrustSchoolFlag (code),TrustSchoolFlag (name),Trusts (code),Trusts (name),SchoolSponsorFlag (name),SchoolSponsors (name),"+
	"FederationFlag (name),Federations (code),Federations (name),UKPRN,FEHEIdentifier,FurtherEducationType (name),OfstedLastInsp,"+
	"OfstedSpecialMeasures (code),OfstedSpecialMeasures (name),LastChangedDate,Street,Locality,Address3,Town,County (name),Postcode,"+
	"SchoolWebsite,TelephoneNum,HeadTitle (name),HeadFirstName,HeadLastName,HeadPreferredJobTitle,BSOInspectorateName "+
	"(name),InspectorateReport,"+
	"DateOfLastInspectionVisit,NextInspectionVisit,TeenMoth (name),TeenMothPlaces,CCF (name),SENPRU (name),EBD (name),PlacesPRU,FTProv "+
	"(name),"+
	"EdByOther (name),Section41Approved (name),SEN1 (name),SEN2 (name),SEN3 (name),SEN4 (name),SEN5 (name),SEN6 (name),SEN7 (name),SEN8 "+
	"(name),"+
	"SEN9 (name),SEN10 (name),SEN11 (name),SEN12 (name),SEN13 (name),TypeOfResourcedProvision (name),ResourcedProvisionOnRoll,"+
	"ResourcedProvisionCapacity,SenUnitOnRoll,SenUnitCapacity,GOR (code),GOR (name),DistrictAdministrative (code),DistrictAdministrative "+
	"(name),"+
	"AdministrativeWard (code),AdministrativeWard (name),ParliamentaryConstituency (code),ParliamentaryConstituency (name),UrbanRural (code),"+
	"UrbanRural (name),GSSLACode (name),Easting,Northing,MSOA (name),LSOA (name),InspectorateName (name),SENStat,SENNoStat,"+
	"BoardingEstablishment (name),PropsName,PreviousLA (code),PreviousLA (name),PreviousEstablishmentNumber,OfstedRating (name),Country "+
	"(name),"+
	"UPRN,SiteName,QABName (code),QABName (name),EstablishmentAccredited (code),EstablishmentAccredited (name),QABReport,CHNumber,MSOA "+
	"(code),"+
	"LSOA (code),FSM,AccreditationExpiryDate", ",")

// GIASFile is the region's schools in an extract of Get Information About Schools, as it is offered to everybody: with the
// columns of 2024, in Windows-1252, among schools that the market does not buy from, closed ones, and one without an age.
func GIASFile() io.Reader {
	file := schoolSheet(allSettings / 2) // every other setting is a home
	for n := range 60 {
		academy := schoolLine(2*n + 1)
		academy["URN"], academy["EstablishmentName"] = fmt.Sprintf("8%05d", n), fmt.Sprintf("Synthetic Academy %02d", n)
		academy["TypeOfEstablishment (code)"], academy["TypeOfEstablishment (name)"] = "34", "Academy converter"
		file.writeLine(academy)
	}
	for n := range 5 {
		closed := schoolLine(2*n + 1)
		closed["URN"], closed["EstablishmentName"] = fmt.Sprintf("7%05d", n), fmt.Sprintf("Synthetic Closed School %02d", n)
		closed["EstablishmentStatus (code)"], closed["EstablishmentStatus (name)"], closed["CloseDate"] = "2", "Closed", "31-08-2019"
		file.writeLine(closed)
	}
	ageless := schoolLine(1) // its ages are not known
	ageless["URN"], ageless["StatutoryHighAge"] = "700099", ""
	file.writeLine(ageless)
	return file.finishedReader()
}

// SchoolsFile is an extract with the given number of schools, all of which the market buys from: at most 50,000.
func SchoolsFile(many int) io.Reader { return schoolSheet(many).finishedReader() }

func schoolSheet(many int) *csvSheet {
	file := newSheet(giasColumns)
	for n := range many {
		file.writeLine(schoolLine(2*n + 1))
	}
	return file
}

// schoolLine is the line of a school.
func schoolLine(n int) map[string]string {
	s, at := newSetting(n), districts[n%len(districts)]
	kinds := []struct{ code, name string }{
		{"10", "Other independent special school"},
		{"08", "Non-maintained special school"},
		{"11", "Other independent school"},
		{"32", "Special post 16 institution"},
	}
	kind := kinds[[]int{0, 0, 0, 1, 0, 2, 1, 0, 3}[n/2%9]]
	line := map[string]string{
		"URN": s.Urn, "LA (code)": at.authority, "EstablishmentNumber": fmt.Sprintf("%04d", (6000+n)%10000), "EstablishmentName": s.Name,
		"TypeOfEstablishment (code)": kind.code, "TypeOfEstablishment (name)": kind.name, "EstablishmentStatus (code)": "1",
		"EstablishmentStatus (name)": "Open",
		"OpenDate":                   fmt.Sprintf("01-09-%d", 1990+n%30), "StatutoryLowAge": fmt.Sprint(*s.AgeLow),
		"StatutoryHighAge": fmt.Sprint(*s.AgeHigh),
		"Gender (name)":    []string{"Mixed", "Mixed", "Mixed", "Boys", "Girls"}[n/2%5], "SchoolCapacity": fmt.Sprint(*s.Places),
		"LastChangedDate": "18-07-2024",
		"Street":          fmt.Sprintf("%d Synthetic Lane", n), "Town": s.District, "Postcode": *s.Outcode + " 9ZZ",
		"DistrictAdministrative (name)": s.District,
		"Easting":                       fmt.Sprint(at.easting + n*37%4000), "Northing": fmt.Sprint(at.northing + n*53%4000),
		"PropsName": "Synthetic \x96 " +
			ProviderName(ownerOf(n)),
		"OfstedRating (name)":      []string{"Good", "Outstanding", "Good", "Requires improvement", ""}[n/2%5],
		"OfstedLastInsp":           fmt.Sprintf("%02d-03-2024", 1+n%28),
		"Section41Approved (name)": []string{"Approved", "Not approved", "Approved"}[n/2%3], "SEN1 (name)": "Not Applicable",
	}
	for i, need := range s.Needs {
		line[fmt.Sprintf("SEN%d (name)", i+2)] = need
	}
	return line
}

var ofstedColumns = []string{
	"URN", "Provision type", "Setting name", "Local authority", "Address 1", "Town", "Postcode",
	"Maximum users", "Status",
	"Registration date", "Overall experiences", "Inspection date", "Provider name",
}

// OfstedFile is the region's children's homes in a list of social care, among other things that Ofsted registers; OfstedMap
// says where in it things stand.
func OfstedFile() io.Reader {
	file := newSheet(ofstedColumns)
	for n := 2; n <= allSettings; n += 2 {
		file.writeLine(homeLine(n))
	}
	file.writeLine(map[string]string{"URN": "SC800001", "Provision type": "Adoption agency", "Setting name": "Synthetic Agency"})
	return file.finishedReader()
}

// OfstedFileOn is a later list, of one home alone, that was inspected on a day.
func OfstedFileOn(urn, found string, on time.Time) io.Reader {
	file := newSheet(ofstedColumns)
	for n := 2; n <= allSettings; n += 2 {
		if line := homeLine(n); line["URN"] == urn {
			line["Overall experiences"], line["Inspection date"] = found, on.Format("02/01/2006")
			file.writeLine(line)
		}
	}
	return file.finishedReader()
}

// homeLine is the line of a children's home.
func homeLine(n int) map[string]string {
	s, at := newSetting(n), districts[n%len(districts)]
	return map[string]string{
		"URN": s.Urn, "Provision type": "Children's home", "Setting name": s.Name, "Local authority": s.District,
		"Address 1": fmt.Sprintf("%d Synthetic Lane", n),
		"Town":      s.District, "Postcode": at.outcode + " 9ZZ", "Maximum users": fmt.Sprint(*s.Places), "Status": "Active",
		"Registration date":   fmt.Sprintf("01/09/%d", 2000+n%20),
		"Overall experiences": []string{"Good", "Outstanding", "Good", "Requires improvement to be good"}[n/2%4],
		"Inspection date":     fmt.Sprintf("%02d/02/2026", 1+n%28),
		"Provider name":       ProviderName(ownerOf(n)),
	}
}

// OfstedMap says where in Ofsted things stand.
const OfstedMap = `{
	"urn": "URN", "name": "Setting name", "district": "Local authority", "address": ["Address 1", "Town", "Postcode"], "places":
	"Maximum users",
	"openedOn": "Registration date", "inspection": "Overall experiences", "scale": "Overall experiences and progress", "inspectedOn":
	"Inspection date",
	"homes": {"column": "Provision type", "values": ["Children's home"]}, "open": {"column": "Status", "values": ["Active"]}
}`

// csvSheet is a file of comma-separated values while it is written.
type csvSheet struct {
	columns []string
	writer  *csv.Writer
	buffer  bytes.Buffer
}

func newSheet(columns []string) *csvSheet {
	s := &csvSheet{columns: columns}
	s.writer = csv.NewWriter(&s.buffer)
	s.writer.UseCRLF = true
	_ = s.writer.Write(columns) // a buffer takes everything
	return s
}

func (s *csvSheet) writeLine(line map[string]string) {
	values := make([]string, len(s.columns))
	for i, column := range s.columns {
		values[i] = line[column]
	}
	_ = s.writer.Write(values)
}

func (s *csvSheet) finishedReader() io.Reader {
	s.writer.Flush()
	return &s.buffer
}

// ownersByURN are the providers of the settings of the whole region, by kind and URN; the last few have none.
func ownersByURN() map[string]uuid.UUID {
	all := map[string]uuid.UUID{}
	for n := 1; n <= allSettings-unlinkedSettings; n++ {
		s := newSetting(n)
		all[string(s.Kind)+s.Urn] = ProviderID(ownerOf(n))
	}
	return all
}

// linkSettings makes the market manager link the settings from the directories to their providers.
func (s *storyTeller) linkSettings() {
	known, linked, left := ownersByURN(), 0, 0
	for after := any(nil); s.Err == nil; {
		page := s.Ask(MarketManager, `query($after: String) { unclaimedSettings(first: 100, after: $after) { edges { node { id kind urn } }
			pageInfo { hasNextPage endCursor } } }`,
			input{"after": after}).At("unclaimedSettings")
		for _, edge := range page.At("edges").All() {
			provider, ok := known[edge.At("node.kind").Text()+edge.At("node.urn").Text()]
			if !ok {
				left++
				continue
			}
			s.Act(MarketManager, "linkSetting", input{"setting": edge.At("node.id").Text(), "provider": ID("provider", provider)}, "setting { id }")
			linked++
		}
		if after = page.At("pageInfo.endCursor").Text(); page.At("pageInfo.hasNextPage").Text() != "true" {
			break
		}
	}
	s.tellStep(MarketManager, "says whose the schools and homes from the directories are",
		fmt.Sprintf("%d confirmed, %d of which nobody has said it", linked, left),
		"a directory names proprietors, and not who may offer places there")
}

// settingOf is the id of a provider's setting, by its number in the region.
func (s *storyTeller) settingOf(who Persona, n int) string {
	urn, kind := newSetting(n).Urn, string(market.SettingSchool)
	if n%2 == 0 {
		kind = string(market.SettingHome)
	}
	own := s.Ask(who, `query($id: ID!) { node(id: $id) { ... on Provider { settings(first: 100) { edges { node { id kind urn } } } } } }`,
		input{"id": ID("provider", who.Organisation)})
	for _, edge := range own.At("node.settings.edges").All() {
		if edge.At("node.urn").Text() == urn && edge.At("node.kind").Text() == kind {
			return edge.At("node.id").Text()
		}
	}
	s.Fail("%s has no setting %s", who, urn)
	return ""
}
