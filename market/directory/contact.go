package directory

import (
	"fmt"
	"strings"

	"github.com/southeasttogether/dps/market"
)

// ContactPurpose says what to speak to a contact about.
type ContactPurpose string

// What to speak to a contact about.
const (
	ContactGeneral      ContactPurpose = "GENERAL"
	ContactReferrals    ContactPurpose = "REFERRALS"
	ContactContracts    ContactPurpose = "CONTRACTS"
	ContactSafeguarding ContactPurpose = "SAFEGUARDING"
)

// Contact is a person or a desk to speak to at a provider.
type Contact struct {
	Purpose   ContactPurpose `json:"purpose"`
	Name      string         `json:"name"`
	Email     *string        `json:"email,omitempty"`
	Telephone *string        `json:"telephone,omitempty"`
}

// ContactInput is a contact to keep.
type ContactInput struct {
	Purpose   ContactPurpose
	Name      string
	Email     *string
	Telephone *string
}

// KeepContactsInput are the contacts of a provider from now on.
type KeepContactsInput struct {
	IdempotencyKey string
	Contacts       []*ContactInput
}

const mostContacts = 10

// CheckContacts makes the contacts of a provider: 1 to 10, each with a name and a way to reach them.
func CheckContacts(in []*ContactInput) ([]*Contact, error) {
	if len(in) == 0 || len(in) > mostContacts {
		return nil, market.RefuseField(market.Invalid, "contacts", "Enter 1 to %d contacts.", mostContacts)
	}
	all, refused := make([]*Contact, len(in)), error(nil)
	for i, c := range in {
		all[i] = &Contact{Purpose: c.Purpose, Name: c.Name, Email: givenText(c.Email), Telephone: givenText(c.Telephone)}
		refused = market.All(refused, checkContact(fmt.Sprintf("contacts.%d.", i), *all[i]))
	}
	return all, refused
}

func checkContact(path string, c Contact) error {
	return market.All(
		market.CheckTexts(market.InputText{Field: path + "name", Value: c.Name, Limit: 200}),
		market.RefuseIf(c.Email == nil && c.Telephone == nil, path+"email", "Enter an email address or a telephone number."),
		market.RefuseIf(c.Email != nil && !isEmail(*c.Email), path+"email",
			"Enter an email address in the correct format, such as name@example.com."),
		market.RefuseIf(c.Telephone != nil && !isTelephone(*c.Telephone), path+"telephone",
			"Enter a telephone number in digits, such as 01632 960001."))
}

// givenText is a text that was given; an empty one was not.
func givenText(s *string) *string {
	if s == nil || strings.TrimSpace(*s) == "" {
		return nil
	}
	return s
}

func isEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && len(s) <= 200 && !strings.ContainsAny(s, " \t\n") && strings.Contains(strings.Trim(host, "."), ".") &&
		!strings.Contains(host, "@") && !strings.Contains(host, "..") && host == strings.Trim(host, ".")
}

func isTelephone(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" +()-.extEXT", r):
			return false
		}
	}
	return digits >= 7 && len(s) <= 30
}
