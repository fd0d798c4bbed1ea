package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/registers"
)

// Two invented schools, as Get Information About Schools lists them.
const twoSchools = "URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),EstablishmentStatus (code),CloseDate,StatutoryLowAge,StatutoryHighAge,DistrictAdministrative (name),Street,Postcode,SEN1 (name)\r\n" +
	"979001,886,6001,A Synthetic School,10,1,,5,19,Maidstone,1 Synthetic Lane,ME14 9ZZ,HI - Hearing Impairment\r\n" +
	"979002,886,6002,B Synthetic School,8,1,,5,19,Maidstone,2 Synthetic Lane,ME14 9ZZ,\r\n"

// extract takes an extract in.
func (s *scene) extract(text string) {
	s.t.Helper()
	file, err := registers.GIAS(strings.NewReader(text))
	must(s.t, err)
	_, err = directory.ImportDirectory(s.t.Context(), s.Open(s.t, "dps_importer"), file.Directory())
	must(s.t, err)
}

// TestWhoseASettingIs: a school arrives from the directory as nobody's; the lead authority's market manager, and nobody
// else, says once whose it is; from then on its provider sees the address. Under a new URN it stays the same school.
func TestWhoseASettingIs(t *testing.T) {
	s := newScene(t, "MATCHING")
	s.extract(twoSchools)
	const list = `{ unclaimedSettings { edges { node { id name urn needs provider { name } } } } }`
	unclaimed := s.see(demo.MarketManager, list, nil).At("unclaimedSettings.edges").All()
	if len(unclaimed) != 2 || unclaimed[0].At("node.name").Text() != "A Synthetic School" || unclaimed[0].At("node.provider").Is() {
		t.Fatalf("the market manager sees %v", unclaimed)
	}
	for _, who := range []demo.Persona{demo.Public, demo.Commissioner, bidsOf(1), demo.Auditor} {
		if reply := s.ask(t, who, list, nil); len(reply.Errors) == 0 || reply.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("%s asks for them: %s", who, reply.Raw)
		}
	}
	school, in := unclaimed[0].At("node.id").Text(), func(provider int) fields {
		return fields{"setting": unclaimed[0].At("node.id").Text(), "provider": opaque("provider", demo.ProviderID(provider))}
	}
	s.refused("NOT_FOUND", personOf("Kent", "market_manager"), "linkSetting", in(1))
	s.refused("FORBIDDEN", bidsOf(1), "linkSetting", in(1))
	s.refused("FORBIDDEN", demo.Commissioner, "linkSetting", in(1))
	s.refused("NOT_FOUND", demo.MarketManager, "linkSetting", fields{"setting": school, "provider": school})
	if address := s.node(bidsOf(1), "Setting", school, "address").At("address"); address.Is() {
		t.Errorf("whose it is not reads %q", address.Text())
	}
	linked := s.done(demo.MarketManager, "linkSetting", in(1), "setting { name provider { id } }").At("setting")
	if linked.At("provider.id").Text() != opaque("provider", demo.ProviderID(1)) {
		t.Errorf("linked: %v", linked)
	}
	s.refused("WRONG_STATE", demo.MarketManager, "linkSetting", in(2))
	s.refused("WRONG_STATE", demo.MarketManager, "linkSetting", in(1))
	if address := s.node(bidsOf(1), "Setting", school, "address").At("address").Text(); address != "1 Synthetic Lane, ME14 9ZZ" {
		t.Errorf("its provider reads %q", address)
	}
	if address := s.node(bidsOf(2), "Setting", school, "address").At("address"); address.Is() {
		t.Errorf("another provider reads %q", address.Text())
	}
	if left := s.see(demo.MarketManager, list, nil).At("unclaimedSettings.edges").All(); len(left) != 1 {
		t.Errorf("%d are left", len(left))
	}
	s.extract(strings.Replace(twoSchools, "979001", "979009", 1))
	renumbered := s.node(demo.Public, "Setting", school, "urn previousUrns provider { id }")
	if renumbered.At("urn").Text() != "979009" || renumbered.At("previousUrns.0").Text() != "979001" || renumbered.At("provider.id").Text() != opaque("provider", demo.ProviderID(1)) {
		t.Errorf("under its new URN: %v", renumbered)
	}
	s.extract(strings.Replace(twoSchools, "979002,886,6002,B Synthetic School,8,1,,", "979002,886,6002,B Synthetic School,8,2,31-08-2026,", 1))
	if left := s.see(demo.MarketManager, list, nil).At("unclaimedSettings.edges").All(); len(left) != 0 {
		t.Errorf("a closed one is offered: %v", left)
	}
}
