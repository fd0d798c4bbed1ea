// Package identifier gives the numbers of companies, charities, providers and settings the one form in which they are kept and compared,
// and says whether what was typed can be one. Spaces, marks between digits and small letters make no difference.
package identifier

import (
	"regexp"
	"strings"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/text"
)

var (
	companyDigits   = regexp.MustCompile(`^[0-9]{1,8}$`)
	companyPrefixed = regexp.MustCompile(`^([A-Z]{2})([0-9]{1,6})$`)
	companySociety  = regexp.MustCompile(`^(?:[A-Z]{2}[0-9]{5}R|R[0-9]{7})$`) // registered societies; companies of Ireland before 1921
	charityEngland  = regexp.MustCompile(`^[1-9][0-9]{5,6}$`)
	charityScotland = regexp.MustCompile(`^SC0[0-9]{5}$`)
	charityIreland  = regexp.MustCompile(`^NIC[0-9]{6}$`)
	providerNumber  = regexp.MustCompile(`^1[0-9]{7}$`)
	schoolNumber    = regexp.MustCompile(`^[1-9][0-9]{5}$`)
	homeNumber      = regexp.MustCompile(`^(?:[A-Z]{2}[0-9]{5,8}|[1-9][0-9]{4,7})$`)
)

// CompanyNumber is a number of Companies House in its eight characters: digits with their leading zeros, or two letters and six digits.
// A number of fewer digits has lost zeros at its beginning, as spreadsheets cut them off. So a number of seven digits is a company's where
// a
// company's is asked for: a charity's has a field of its own.
//
//	CompanyNumber("1234567") == "01234567"
//	CompanyNumber("sc 123456") == "SC123456"
func CompanyNumber(typed string) (string, bool) {
	number := bareIdentifier(typed)
	switch prefixed := companyPrefixed.FindStringSubmatch(number); {
	case strings.Trim(number, "0") == "":
		return "", false
	case companyDigits.MatchString(number):
		return withLeadingZeros(number, 8), true
	case prefixed != nil:
		return prefixed[1] + withLeadingZeros(prefixed[2], 6), true
	}
	return number, companySociety.MatchString(number)
}

// CharityNumber is the number of a charity: 6 or 7 digits of the Charity Commission for England and Wales, SC and 6 digits of the Scottish
// Charity Regulator, NIC and 6 digits of the Charity Commission for Northern Ireland. The number of a linked charity is left out: the main
// charity is the legal entity.
func CharityNumber(typed string) (string, bool) {
	main, _, linked := strings.Cut(text.Clean(typed), "-")
	if linked && charityEngland.MatchString(bareIdentifier(main)) {
		typed = main
	}
	number := strings.TrimLeft(bareIdentifier(typed), "0")
	return number, charityEngland.MatchString(number) || charityScotland.MatchString(number) || charityIreland.MatchString(number)
}

// UKPRN is a UK provider reference number: 8 digits, the first a 1.
func UKPRN(typed string) (string, bool) {
	number := bareIdentifier(typed)
	return number, providerNumber.MatchString(number)
}

// URN is the number of a setting: 6 digits of Get Information About Schools; or of Ofsted, 5 to 8 digits, with 2 letters before those
// of older registrations, such as SC123456.
func URN(kind market.SettingKind, typed string) (string, bool) {
	number := bareIdentifier(typed)
	if kind == market.SettingSchool {
		return number, schoolNumber.MatchString(number)
	}
	return number, homeNumber.MatchString(number)
}

// AnyURN is the number of a setting of either kind.
func AnyURN(typed string) (string, bool) { return URN(market.SettingHome, typed) }

// bareIdentifier is what was typed in capitals, without spaces and marks.
func bareIdentifier(typed string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\n' || strings.ContainsRune(".,/-–_'", r) {
			return -1
		}
		return r
	}, strings.ToUpper(text.Clean(typed)))
}

func withLeadingZeros(digits string, length int) string {
	return strings.Repeat("0", length-len(digits)) + digits
}

// Check gives the numbers of a provider their canonical forms. Empty ones are left out. It refuses the first that cannot be one.
func Check(prefix string, company, charity, ukprn *string) (companyNumber, charityNumber, providerNumber *string, err error) {
	if companyNumber, err = checkIdentifier(prefix+"companyNumber", company, CompanyNumber,
		"Enter the number that Companies House gave: 8 digits, or 2 letters and 6 digits, such as SC123456."); err != nil {
		return nil, nil, nil, err
	}
	if charityNumber, err = checkIdentifier(prefix+"charityNumber", charity, CharityNumber,
		"Enter the charity number: 6 or 7 digits, SC0 and 5 digits such as SC012345, or NIC and 6 digits."); err != nil {
		return nil, nil, nil, err
	}
	providerNumber, err = checkIdentifier(prefix+"ukprn", ukprn, UKPRN, "Enter the UKPRN: 8 digits, beginning with 1.")
	return companyNumber, charityNumber, providerNumber, err
}

func checkIdentifier(field string, typed *string, canonical func(string) (string, bool), hint string) (*string, error) {
	if typed == nil || strings.TrimSpace(*typed) == "" {
		return nil, nil
	}
	number, ok := canonical(*typed)
	if !ok {
		return nil, market.RefuseField(market.Invalid, field, "%s", hint)
	}
	return &number, nil
}
