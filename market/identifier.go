package market

import (
	"regexp"
	"strings"
)

// Identifiers that registers give to companies, charities and settings. Each has one form here, so that two spellings of one number are
// one: people leave out leading zeros, and add spaces and small letters.

var (
	numberOfCompany = regexp.MustCompile(`^(?:[0-9]{8}|[A-Z]{2}[0-9]{6}|R[0-9]{7})$`)
	numberOfCharity = regexp.MustCompile(`^(?:[0-9]{6,7}(?:-[0-9]{1,3})?|SC[0-9]{6}|NIC?[0-9]{6})$`)
	numberOfUKPRN   = regexp.MustCompile(`^[1-9][0-9]{7}$`)
	numberOfURN     = regexp.MustCompile(`^(?:[0-9]{6,7}|SC[0-9]{5,6})$`)
	letteredNumber  = regexp.MustCompile(`^([A-Z]{0,2})([0-9]+)$`)
)

// CompanyNumber is a number of Companies House in its register's own form: eight digits, or two letters and six digits (SC Scotland,
// NI Northern Ireland, OC a partnership, CE a charitable organisation). ok is false where it cannot be one.
//
//	CompanyNumber("1234567") == "01234567", true
//	CompanyNumber("sc 123456") == "SC123456", true
func CompanyNumber(typed string) (number string, ok bool) {
	number = compactNumber(typed)
	if m := letteredNumber.FindStringSubmatch(number); m != nil {
		number = m[1] + strings.Repeat("0", max(0, 8-len(m[1])-len(m[2]))) + m[2]
	}
	return number, numberOfCompany.MatchString(number) && strings.Trim(number, "0") != ""
}

// CharityNumber is a number of the Charity Commission (six or seven digits, a linked charity's after a hyphen), of the Scottish (SC and
// six digits) or Northern Irish register (NIC and six digits).
func CharityNumber(typed string) (number string, ok bool) {
	number = compactNumber(typed)
	return number, numberOfCharity.MatchString(number)
}

// UKPRN is a number of the UK Register of Learning Providers: eight digits.
func UKPRN(typed string) (number string, ok bool) {
	number = compactNumber(typed)
	return number, numberOfUKPRN.MatchString(number)
}

// URN is the unique reference number of a school (Get Information About Schools, six digits) or of a children's home (Ofsted, seven
// digits, or SC and six).
func URN(typed string) (number string, ok bool) {
	number = compactNumber(typed)
	return number, numberOfURN.MatchString(number)
}

// compactNumber is a number as registers write it: in capitals, without spaces, dots or slashes, with a plain hyphen.
func compactNumber(typed string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '/' {
			return -1
		}
		return FoldRune(r)
	}, strings.ToUpper(CleanText(strings.Map(FoldRune, typed))))
}
