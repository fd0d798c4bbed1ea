package e2e_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

func syntheticContacts() []fields {
	return []fields{{"purpose": "REFERRALS", "name": "Synthetic Desk", "email": "referrals@synthetic.example"}}
}

// registrationInput is a registration under a company number.
func registrationInput(companyNumber string) fields {
	return fields{"name": "O'Synthetic Homes Ltd", "companyNumber": companyNumber, "contacts": syntheticContacts()}
}

// newcomer is a person of an organisation that nobody knows yet.
func newcomer() demo.Persona {
	return demo.Persona{Key: "synthetic.newcomer", Organisation: uuid.New(), Capacity: policy.BidsManager}
}

// registerAs registers a provider, and gives the id of the registration.
func (s *scene) registerAs(who demo.Persona, in fields) string {
	s.t.Helper()
	return s.mustChange(who, "registerProvider", in, "registration { id }").At("registration.id").Text()
}

// registerTwice withdraws a registration, makes another one, and has it confirmed.
func (s *scene) registerTwice() {
	s.t.Helper()
	who := newcomer()
	first := s.registerAs(who, registrationInput("8765432"))
	s.mustChange(who, "withdrawRegistration", fields{"registration": first}, "registration { withdrawnAt }")
	second := s.registerAs(who, registrationInput("8765432"))
	s.mustChange(demo.MarketManager, "decideRegistration", fields{"registration": second, "decision": "CONFIRMED"},
		"registration { decision }")
	s.mustChange(who, "keepContacts", fields{"contacts": syntheticContacts()}, "provider { contacts { name } }")
}

// TestProviderRegistersAndIsConfirmed: until then it can do nothing else; from then on it acts as any provider.
func TestProviderRegistersAndIsConfirmed(t *testing.T) {
	s := newScene(t, "MATCHING")
	who := newcomer()
	apply := fields{"lot": s.lot, "statement": "Synthetic: we meet every criterion.", "noGroundForExclusion": true}
	if told := s.tryChange(who, "submitApplication", maps.Clone(apply), ""); told.code != "NOT_FOUND" ||
		!strings.Contains(told.words, "not yet a provider of the region") {
		t.Errorf("before it is a provider: %+v", told)
	}
	s.requireRefused("NOT_FOUND", who, "keepContacts", fields{"contacts": syntheticContacts()})
	in := registrationInput(" sc 12345 ")
	in["charityNumber"], in["urns"] = "SC 012345", []string{"900001", "sc9 00002", "900001"}
	registration := s.registerAs(who, in)
	s.requireRefused("ALREADY_EXISTS", who, "registerProvider", registrationInput("7654321"))
	s.requireRefused("NOT_FOUND", who, "submitApplication", maps.Clone(apply))
	const list = "{ registrations { edges { node { id name companyNumber charityNumber urns settings { name } similar { name } decision " +
		"reason " +
		"provider { name } contacts { name email } } } } }"
	read := s.readData(demo.MarketManager, list, nil).At("registrations.edges.0.node")
	if read.At("companyNumber").Text() != "SC012345" || read.At("charityNumber").Text() != "SC012345" ||
		read.At("urns.1").Text() != "SC900002" ||
		read.At("settings.0.name").Text() != "Synthetic Home 02" || read.At("similar.0.name").Text() != demo.ProviderName(1) ||
		read.At("contacts.0.email").Text() != "referrals@synthetic.example" || read.At("provider").Exists() {
		t.Errorf("the market manager reads %v", read)
	}
	if others := s.readData(bidsManagerOf(1), list, nil).At("registrations.edges").All(); len(others) != 0 {
		t.Errorf("another provider reads %v", others)
	}
	s.requireRefused("FORBIDDEN", who, "decideRegistration", fields{"registration": registration, "decision": "CONFIRMED"})
	s.requireRefused("NOT_FOUND", bidsManagerOf(1), "withdrawRegistration", fields{"registration": registration})
	s.requireRefused("INVALID", demo.MarketManager, "decideRegistration", fields{
		"registration": registration,
		"decision":     "REFUSED", "reason": " ",
	})
	s.mustChange(demo.MarketManager, "decideRegistration", fields{
		"registration": registration, "decision": "CONFIRMED",
		"reason": "Synthetic: as the register says.",
	},
		"registration { provider { name } }")
	s.requireRefused("WRONG_STATE", demo.MarketManager, "decideRegistration", fields{
		"registration": registration,
		"decision":     "REFUSED", "reason": "x",
	})
	s.requireRefused("WRONG_STATE", who, "withdrawRegistration", fields{"registration": registration})
	if told := s.readData(who, list, nil).At("registrations.edges.0.node"); told.At("reason").Text() != "Synthetic: as the register says." ||
		told.At("provider.name").Text() != "O'Synthetic Homes Ltd" {
		t.Errorf("its author reads %v", told)
	}
	s.mustChange(who, "submitApplication", maps.Clone(apply), "application { id }")
	s.requireRefused("ALREADY_EXISTS", who, "registerProvider", registrationInput("7654321"))
	if s.countRows("event WHERE act LIKE 'registration.%'") != 2 {
		t.Error("not one event for each step")
	}
}

// TestRegistrationFindsDuplicates: the same number, however it is typed, is refused; what is not public is not told.
func TestRegistrationFindsDuplicates(t *testing.T) {
	s := newScene(t, "MATCHING")
	one, other := newcomer(), newcomer()
	first, second := s.registerAs(one, registrationInput("1234567")), s.registerAs(other, registrationInput("01 234 567"))
	s.mustChange(demo.MarketManager, "decideRegistration", fields{"registration": first, "decision": "CONFIRMED"}, "registration { id }")
	if late := s.tryChange(demo.MarketManager, "decideRegistration", fields{"registration": second, "decision": "CONFIRMED"},
		""); late.code != "ALREADY_EXISTS" {
		t.Errorf("the same company twice: %s %s", late.code, late.words)
	}
	s.mustChange(demo.MarketManager, "decideRegistration", fields{
		"registration": second, "decision": "REFUSED",
		"reason": "Synthetic: it is here.",
	},
		"registration { decision }")
	again := s.tryChange(other, "registerProvider", registrationInput("1234567"), "")
	if again.code != "ALREADY_EXISTS" || !strings.Contains(again.words, "O'Synthetic Homes Ltd") {
		t.Errorf("a number that is known: %s %s", again.code, again.words)
	}
	for _, wrong := range []fields{
		registrationInput(""), registrationInput("0"), registrationInput("SYN12345"),
		{"name": " ", "companyNumber": "7654321", "contacts": syntheticContacts()},
		{"name": "x", "companyNumber": "7654321", "contacts": []fields{}},
		{"name": "x", "companyNumber": "7654321", "contacts": []fields{{"purpose": "GENERAL", "name": "x"}}},
		{"name": "x", "companyNumber": "7654321", "contacts": []fields{{"purpose": "GENERAL", "name": "x", "email": "nobody"}}},
		{"name": "x", "companyNumber": "7654321", "ukprn": "20012345", "contacts": syntheticContacts()},
		{"name": "x", "companyNumber": "7654321", "urns": []string{"12"}, "contacts": syntheticContacts()},
	} {
		s.requireRefused("INVALID", other, "registerProvider", wrong)
	}
	named := registrationInput("7654321")
	named["name"] = "The O’SYNTHETIC Homes Limited"
	similar := s.mustChange(other, "registerProvider", named, "registration { similar { name } }").At("registration.similar.0.name")
	if similar.Text() != "O'Synthetic Homes Ltd" {
		t.Errorf("the same name is not found: %v", similar)
	}
	authority := demo.Persona{Key: "synthetic.confused", Organisation: demo.OrganisationID("Kent"), Capacity: policy.BidsManager}
	s.requireRefused("NOT_FOUND", authority, "registerProvider", registrationInput("7654322"))
}

// TestContactsAreSeenByWhoNeedsThem: of a member by the commissioners of the region; of nobody by the public.
func TestContactsAreSeenByWhoNeedsThem(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	for n := 1; n <= 2; n++ {
		s.mustChange(bidsManagerOf(n), "keepContacts", fields{"contacts": []fields{
			{"purpose": "SAFEGUARDING", "name": "Synthetic O'Lead", "telephone": "01632 960001"}, {
				"purpose": "GENERAL", "name": "x",
				"email": "a@b.example",
			},
		}}, "provider { contacts { name } }")
	}
	contacts := func(who demo.Persona, provider int) int {
		t.Helper()
		return len(s.readNode(who, "Provider", opaqueID("provider", demo.ProviderID(provider)),
			"contacts { purpose name email telephone }").At("contacts").All())
	}
	kent := staffOf("Kent")
	for _, c := range []struct {
		who            demo.Persona
		provider, want int
	}{
		{bidsManagerOf(1), 1, 2}, {bidsManagerOf(1), 2, 0}, {demo.MarketManager, 2, 2}, {kent.commissioner, 1, 2}, {kent.commissioner, 2, 0},
	} {
		if got := contacts(c.who, c.provider); got != c.want {
			t.Errorf("%s reads %d contacts of provider %d, not %d", c.who, got, c.provider, c.want)
		}
	}
	s.mustChange(bidsManagerOf(1), "keepContacts", fields{"contacts": syntheticContacts()}, "")
	if contacts(bidsManagerOf(1), 1) != 1 {
		t.Error("the old contacts are still there")
	}
}
