package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/registers"
)

// Two invented schools, as Get Information About Schools lists them.
const extractOfTwoSchools = "URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),EstablishmentStatus " +
	"(code),CloseDate,StatutoryLowAge,StatutoryHighAge,DistrictAdministrative (name),Street,Postcode,SEN1 (name)\r\n" +
	"979001,886,6001,A Synthetic School,10,1,,5,19,Maidstone,1 Synthetic Lane,ME14 9ZZ,HI - Hearing Impairment\r\n" +
	"979002,886,6002,B Synthetic School,8,1,,5,19,Maidstone,2 Synthetic Lane,ME14 9ZZ,\r\n"

// importExtract takes an extract in.
func (s *scene) importExtract(text string) {
	s.t.Helper()
	file, err := registers.OpenGIAS(strings.NewReader(text), market.LondonDate(time.Now()))
	must(s.t, err)
	_, err = directory.ImportDirectory(s.t.Context(), s.Open(s.t, "dps_importer"), file.Directory())
	must(s.t, err)
}

// TestLinkSettingOnce: a school arrives from the directory as nobody's; the lead authority's market manager, and nobody
// else, says once whose it is; from then on its provider sees the address. Under a new URN it stays the same school.
func TestLinkSettingOnce(t *testing.T) {
	s := newScene(t, "MATCHING")
	s.importExtract(extractOfTwoSchools)
	const list = `{ unclaimedSettings { edges { node { id name urn needs provider { name } } } } }`
	unclaimed := s.readData(demo.MarketManager, list, nil).At("unclaimedSettings.edges").All()
	if len(unclaimed) != 2 || unclaimed[0].At("node.name").Text() != "A Synthetic School" || unclaimed[0].At("node.provider").Exists() {
		t.Fatalf("the market manager sees %v", unclaimed)
	}
	for _, who := range []demo.Persona{demo.Public, demo.Commissioner, bidsManagerOf(1), demo.Auditor} {
		if reply := s.sendQuery(t, who, list, nil); len(reply.Errors) == 0 || reply.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("%s asks for them: %s", who, reply.Raw)
		}
	}
	school, in := unclaimed[0].At("node.id").Text(), func(provider int) fields {
		return fields{"setting": unclaimed[0].At("node.id").Text(), "provider": opaqueID("provider", demo.ProviderID(provider))}
	}
	s.requireRefused("NOT_FOUND", personOf("Kent", "market_manager"), "linkSetting", in(1))
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "linkSetting", in(1))
	s.requireRefused("FORBIDDEN", demo.Commissioner, "linkSetting", in(1))
	s.requireRefused("NOT_FOUND", demo.MarketManager, "linkSetting", fields{"setting": school, "provider": school})
	if address := s.readNode(bidsManagerOf(1), "Setting", school, "address").At("address"); address.Exists() {
		t.Errorf("whose it is not reads %q", address.Text())
	}
	linked := s.mustChange(demo.MarketManager, "linkSetting", in(1), "setting { name provider { id } }").At("setting")
	if linked.At("provider.id").Text() != opaqueID("provider", demo.ProviderID(1)) {
		t.Errorf("linked: %v", linked)
	}
	s.requireRefused("WRONG_STATE", demo.MarketManager, "linkSetting", in(2))
	s.requireRefused("WRONG_STATE", demo.MarketManager, "linkSetting", in(1))
	if address := s.readNode(bidsManagerOf(1), "Setting", school, "address").At("address").Text(); address != "1 Synthetic Lane, ME14 9ZZ" {
		t.Errorf("its provider reads %q", address)
	}
	if address := s.readNode(bidsManagerOf(2), "Setting", school, "address").At("address"); address.Exists() {
		t.Errorf("another provider reads %q", address.Text())
	}
	if left := s.readData(demo.MarketManager, list, nil).At("unclaimedSettings.edges").All(); len(left) != 1 {
		t.Errorf("%d are left", len(left))
	}
	s.importExtract(strings.Replace(extractOfTwoSchools, "979001", "979009", 1))
	renumbered := s.readNode(demo.Public, "Setting", school, "urn previousUrns provider { id }")
	if renumbered.At("urn").Text() != "979009" || renumbered.At("previousUrns.0").Text() != "979001" ||
		renumbered.At("provider.id").Text() != opaqueID("provider", demo.ProviderID(1)) {
		t.Errorf("under its new URN: %v", renumbered)
	}
	s.importExtract(strings.Replace(extractOfTwoSchools, "979002,886,6002,B Synthetic School,8,1,,",
		"979002,886,6002,B Synthetic School,8,2,31-08-2026,", 1))
	if left := s.readData(demo.MarketManager, list, nil).At("unclaimedSettings.edges").All(); len(left) != 0 {
		t.Errorf("a closed one is offered: %v", left)
	}
}
