// Package demo is a synthetic region and the story of one need in it, from a draft to the child's first day, told over
// HTTP by each of its people. Every person, provider, setting and word in it is invented.
package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
)

// authorities are the region's real authorities with their DfE codes. The first leads; a consortium stands before its
// boroughs.
var authorities = []struct {
	name, code string
	kind       market.OrganisationKind
}{
	{"West Sussex", "938", market.OrganisationKindPartner},
	{"Brighton and Hove", "846", market.OrganisationKindPartner},
	{"East Sussex", "845", market.OrganisationKindPartner},
	{"Kent", "886", market.OrganisationKindPartner},
	{"Surrey", "936", market.OrganisationKindPartner},
	{Consortium, "", market.OrganisationKindConsortium},
	{"Croydon", "306", market.OrganisationKindBorough},
	{"Bexley", "303", market.OrganisationKindBorough},
	{"Bromley", "305", market.OrganisationKindBorough},
	{"Greenwich", "203", market.OrganisationKindBorough},
	{"Kingston upon Thames", "314", market.OrganisationKindBorough},
	{"Lewisham", "209", market.OrganisationKindBorough},
	{"Merton", "315", market.OrganisationKindBorough},
	{"Richmond upon Thames", "318", market.OrganisationKindBorough},
	{"Sutton", "319", market.OrganisationKindBorough},
	{"Wandsworth", "212", market.OrganisationKindBorough},
}

// Consortium is the name of the region's consortium.
const Consortium = "South London Consortium"

// MarketName is the name of the region's market.
const MarketName = "South East Together"

// idNamespace makes the region's ids the same on every machine, so that a token made today names the same organisation
// tomorrow.
var idNamespace = uuid.MustParse("5e7d9a52-0b7c-4c9e-9c62-2f0c3a1d7b11")

// OrganisationID is the id of an authority or the consortium, by its name.
func OrganisationID(name string) uuid.UUID {
	return uuid.NewSHA1(idNamespace, []byte("organisation "+name))
}

// ProviderID is the id of a synthetic provider, counted from 1.
func ProviderID(number int) uuid.UUID {
	return uuid.NewSHA1(idNamespace, fmt.Appendf(nil, "provider %d", number))
}

// SettingID is the id of a synthetic setting, counted from 1. Settings 2n-1 and 2n are provider n's.
func SettingID(number int) uuid.UUID {
	return uuid.NewSHA1(idNamespace, fmt.Appendf(nil, "setting %d", number))
}

// MarketID is the id of the region's market.
func MarketID() uuid.UUID { return uuid.NewSHA1(idNamespace, []byte("market "+MarketName)) }

// How many synthetic providers there are, and settings of each: a school and a home.
const (
	providerCount = 20
	settingCount  = 2 * providerCount
)

// districts are where the settings are said to be, with the code of the authority and about where on the National Grid
// they are; outcodes go with the schools.
var districts = []struct {
	name, outcode, authority string
	easting, northing        int
}{
	{"Worthing", "BN11", "938", 514_000, 103_000},
	{"Crawley", "RH10", "938", 527_000, 136_000},
	{
		"Brighton and Hove", "BN1",
		"846", 531_000, 105_000,
	},
	{"Lewes", "BN7", "845", 541_000, 110_000},
	{"Hastings", "TN34", "845", 581_000, 110_000},
	{"Maidstone", "ME14", "886", 576_000, 156_000},
	{"Canterbury", "CT1", "886", 615_000, 158_000},
	{"Guildford", "GU1", "936", 499_000, 150_000},
	{
		"Reigate and Banstead", "RH2",
		"936", 525_000, 150_000,
	},
	{"Croydon", "CR0", "306", 532_000, 165_000},
}

// Regimes are the legal regimes that the region's market can be founded under. The first is the one for a new market.
var Regimes = []string{"PA_DYNAMIC_MARKET", "PA_OPEN_FRAMEWORK", "PCR_DPS", "PCR_LIGHT_TOUCH"}

// Region is the region as it is before its market begins, founded at now.
func Region(now time.Time) db.Region { return RegionUnder(Regimes[0], now) }

// RegionUnder is the region with its market under a regime. One under the Regulations of 2015 was founded while one could
// be, and ends when the last of them must.
func RegionUnder(regime string, now time.Time) db.Region {
	m := market.Market{
		ID: MarketID(), AuthorityID: OrganisationID(authorities[0].name), Name: MarketName, NoticeAt: now,
		EndsOn: market.Date{Time: now.AddDate(4, 0, 0)}, FeedbackMinimum: 10, Regime: market.Regime{Code: regime},
	}
	if strings.HasPrefix(regime, "PCR_") {
		m.NoticeAt, m.EndsOn = time.Date(2024, 9, 2, 9, 0, 0, 0, time.UTC), market.NewDate(2029, 2, 23)
	}
	if regime == Regimes[0] {
		m.Intention = &market.Notice{
			Reference: "SYN-INTENT/1", Words: "Synthetic: the region intends to establish a dynamic market.",
			PublishedAt: now.AddDate(0, 0, -28),
		}
	}
	r := db.Region{Markets: []market.Market{m}}
	for i, a := range authorities {
		r.Organisations = append(r.Organisations, newOrganisation(i, a.name, a.code, a.kind))
	}
	for n := 1; n <= providerCount; n++ {
		r.Providers = append(r.Providers, newProvider(n))
	}
	for n := 1; n <= settingCount; n++ {
		r.Settings = append(r.Settings, newSetting(n))
	}
	return r
}

func newOrganisation(i int, name, code string, kind market.OrganisationKind) market.Organisation {
	o := market.Organisation{ID: OrganisationID(name), Kind: kind, Name: name, Lead: i == 0}
	if code != "" {
		o.DfeCode = &code
	}
	if kind == market.OrganisationKindBorough {
		consortium := OrganisationID(Consortium)
		o.ConsortiumID = &consortium
	}
	return o
}

func newProvider(n int) market.Provider {
	return market.Provider{
		ID: ProviderID(n), Name: ProviderName(n), Ukprn: new(fmt.Sprintf("1999%04d", n)), CompanyNumber: new(fmt.Sprintf("ZZ%06d", n)),
	}
}

// ProviderName is the name of a synthetic provider.
func ProviderName(n int) string { return fmt.Sprintf("Synthetic Provider %02d", n) }

func newSetting(n int) db.RegionSetting {
	at := districts[n%len(districts)]
	s := market.Setting{
		ID: SettingID(n), ProviderID: new(ProviderID((n + 1) / 2)), Kind: market.SettingSchool, Name: fmt.Sprintf("Synthetic School %02d", n),
		Urn: fmt.Sprintf("9%05d", n), District: at.name, Outcode: &at.outcode, AgeLow: new(5), AgeHigh: new(19), Places: new(40),
		Vacancies: new(n % 5),
		Needs: market.Texts{
			"ASD - Autistic Spectrum Disorder", "SEMH - Social, Emotional and Mental Health",
			"SLCN - Speech, language and Communication",
		},
	}
	if n > settingCount { // those that arrive from the directories alone are not all alike
		s.Needs = market.Texts{market.NeedTypes[n/2%len(market.NeedTypes)], market.NeedTypes[(n/2+4)%len(market.NeedTypes)]}
		s.AgeLow, s.AgeHigh, s.Places = new(4+n%8), new(14+n%6), new(12+n%70)
	}
	if n%2 == 0 {
		s.Kind, s.Name, s.Urn = market.SettingHome, fmt.Sprintf("Synthetic Home %02d", n), fmt.Sprintf("SC9%05d", n)
		s.Outcode, s.Places = nil, new(4)
	}
	return db.RegionSetting{Setting: s, Address: fmt.Sprintf("%d Synthetic Lane, %s", n, at.name)}
}
