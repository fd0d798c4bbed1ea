package market

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// FuzzCheckAnonymous: an identifier is found whatever is around it. A refusal is one of ours and repeats nothing of the
// text.
func FuzzCheckAnonymous(f *testing.F) {
	kinds := make([]string, 0, len(identifyingTexts))
	for kind := range identifyingTexts {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		f.Add(identifyingTexts[kind][0], "The child likes trains.", uint8(3))
	}
	f.Add("\xff\u200b\u00ad", "School \xf0\x28", uint8(200))
	f.Fuzz(func(t *testing.T, before, after string, which uint8) {
		kind := kinds[int(which)%len(kinds)]
		planted := identifyingTexts[kind][int(which)%len(identifyingTexts[kind])]
		for _, value := range []string{before + after, before + ".\n\n" + planted + "\n\n" + after} {
			var refusal *Refusal
			err := CheckAnonymous(InputText{"profile", value, 4000})
			if err == nil && strings.Contains(value, "\n\n"+planted+"\n\n") {
				t.Fatalf("%s: %q is published", kind, value)
			}
			if err == nil {
				continue
			}
			if !errors.As(err, &refusal) || refusal.Code != IdentifiesChild || !slices.ContainsFunc(identifiers,
				func(i identifier) bool { return i.message == refusal.Message }) {
				t.Fatalf("%q: %v", value, err)
			}
		}
	})
}

// All people, numbers and schools here are made up; the NHS number is from the range for tests.
var identifyingTexts = map[string][]string{
	"postcode": {
		"Lives at BN11 1AA.", "lives at bn11 1aa", "BN111AA", "bn111aa", "Home (M1 1AE)", "EC1A 1BB", "w1a 0ax", "BN11  1AA", "BN11-1AA",
		"BN11\u00a01AA", "BN11\u2009\u200b1AA", "BN11\n1AA", "ＢＮ１１ １ＡＡ", "postcode:SW1A2AA",
	},
	"NHS number": {
		"NHS 999 000 1234", "9990001234", "999-000-1234", "NHS9990001234", "999\u00a0000\u00a01234",
		"999–000–1234", "no.9990001234.",
	},
	"telephone": {
		"call 01903 555 123", "01903555123", "(01903) 555123", "07700 900123", "07700900123", "+44 7700 900123", "+44 (0)7700 900123",
		"0044 7700 900 123", "020 7946 0123", "07700-900-123", "tel07700900123",
	},
	"UPN":                {"UPN A123456789012", "a123456789012", "H80120000100A", "A 1234 5678 9012"},
	"National Insurance": {"AB123456C", "AB 12 34 56 C", "ab123456c", "AB-12-34-56-C"},
	"date of birth": {
		"12/05/2012", "12.05.2012", "12-05-2012", "12-5-12", "1/2/12", "2012-05-12", "2012/05/12", "12 05 2012", "12052012", "20120512",
		"12 / 05 / 2012", "12 May 2012", "12th May 2012", "12th of May, 2012", "12May2012", "12-May-2012", "12-May-12", "12 May '12",
		"12 Sept. 2012",
		"May 12, 2012", "may 12th 2012", "DOB unknown to us", "d.o.b. given", "date of birth withheld", "born on 12", "born in May",
		"Born in 2012",
		"born on the 12th", "birthday is soon",
	},
	"e-mail": {"write to parent@example.org", "Parent.Name+x@mail.example.co.uk", "élodie@example.fr"},
	"name": {
		"The child is called Zara.", "called Zara", "Called  Zara", "named Zara", "known as Zé", "known as 'Zara'", "called “Zara”",
		"called O’Hara",
		"called Élodie", "her name is Zara", "Name: Zara", "full name Zara", "name is ZARA", "Mr Smith", "Mrs. Jones said", "Dr Patel",
		"Tom Smith is anxious.", "Mum (Sarah) reports", "Mrs O'Connor", "Mrs O’Connor", "Mr J. Smith", "Mr J Smith", "called E\u0301lise",
		"his sister Ella", "Dad, Kwame, agrees", "Aisha likes drawing", "Grace Okafor", "Will Jones", "Ai\u00adsha", "Miss D'Souza",
		"Dr. McGregor",
		"with her brother Zbyszek", "JAMAL",
	},
	"school": {
		"attends Oakwood Primary School", "Oakwood School", "St Made-Up’s School", "St. Made-Up's Academy", "at Oakwood school now",
		"Oak Lodge College",
		"The Oakwood Academy broke down", "in Oakwood Nursery", "a pupil of Hill House Special School", "left Worthing-on-Sea High School",
		"went to OAKWOOD SCHOOL", "School of choice; Oakwood School", "of the Holy Oak Catholic School", "Oak and Elm School",
		"Currently at St Mary's Primary.", "at St Mary’s Primary", "attends St. Osyth's", "left Oakwood Juniors", "at Hill Top High",
	},
}

func TestCheckAnonymousFindsIdentifiers(t *testing.T) {
	for kind, texts := range identifyingTexts {
		for _, words := range texts {
			for _, value := range []string{words, "The child likes trains. " + words + " and more"} {
				var refusal *Refusal
				err := CheckAnonymous(InputText{"profile", value, 4000})
				if !errors.As(err, &refusal) || refusal.Code != IdentifiesChild || *refusal.Field != "profile" {
					t.Errorf("%s: %q is published: %v", kind, value, err)
				}
			}
		}
	}
}

func TestCheckAnonymousPassesOrdinaryWords(t *testing.T) {
	for _, words := range []string{
		"1,250.00 a week", "£1250.00", "costs 99,999.99 or 125000 a year", "of 100000 a year", "ages 8 to 11", "8-11", "aged 0-19",
		"0-25 service", "1:1",
		"2:1 staffing", "1:1 or 2:1, 24/7", "Year 9", "year 10/11", "years 7-9", "BN11", "near BN11 or TN1", "BN11 2 to 3 miles away",
		"weeks 38/44/52", "38/44/52 weeks", "key stage 3", "KS3 2nd year", "KS2/KS3", "speech therapy x2 1hr a week", "x2 45min",
		"special school",
		"A Special School setting would suit", "Special School", "The School day is long", "A Primary School of any size",
		"an Independent Special School",
		"Attending school is hard", "Mornings before school are hard", "In school he is calm", "Likes Lego. School is hard.",
		"Likes Lego\nSchool is hard",
		"with Mum. School refusal since May.", "an SEMH school", "an ASD School", "Forest School sessions help", "Forest school",
		"Sixth Form College",
		"the Virtual School", "a Non-Maintained Special School", "a Catholic school", "Further Education college", "Mainstream school broke down",
		"a school in Kent", "from September 2026", "in May", "on 4 May", "May 2026", "since 2019", "in 2 to 3 years",
		"a child born with a hearing loss",
		"born deaf", "a birthday treat", "called a friend", "so-called meltdowns", "an approach called PACE", "named on a plan",
		"known as a runner",
		"mothers and fathers", "Section F of the plan", "s 20", "EHC plan", "version 1.2", "3.5 hours", "100 metres, 200 metres",
		"10 hours, 30 minutes",
		"ratio 2 to 1 from 8.30 to 15.30", "room 101, floor 2", "Miss the bus", "@home", "5 a day", "nursery school", "College is an aim",
		"to go to College", "Will need help", "May need 1:1", "Mark of progress", "Summer is hard", "Hope is to return home",
		"in the May half term",
		"May Half Term", "Mum, Dad and siblings", "Mum (Polish speaking)", "Mother British, father Somali", "Mum (EHC plan sent)",
		"likes Harry Potter",
		"Duke of Edinburgh award", "Worthing or Croydon", "West Sussex", "Tourette syndrome", "Down syndrome", "Asperger", "carer's leave",
		"with Mum. School refusal", "A primary school", "at a Special Primary", "Attends Mainstream Primary", "Rose to the challenge",
	} {
		if err := CheckAnonymous(InputText{"profile", words, 4000}); err != nil {
			t.Errorf("%q: %v", words, err)
		}
	}
}

func TestCheckAnonymousRepeatsNothing(t *testing.T) {
	for _, texts := range identifyingTexts {
		for _, words := range texts {
			if err := CheckAnonymous(InputText{"outcomes", words, 4000}); err != nil && strings.Contains(err.Error(), words) {
				t.Errorf("the refusal repeats %q", words)
			}
		}
	}
}

// The refusal names the field at fault, whichever it is.
func TestCheckAnonymousNamesTheField(t *testing.T) {
	err := CheckAnonymous(InputText{"profile", "calm", 4000}, InputText{"outcomes", "called Zara", 4000})
	var refusal *Refusal
	if !errors.As(err, &refusal) || *refusal.Field != "outcomes" {
		t.Errorf("got %v", err)
	}
}

// A postcode is found wherever it is in the text, and whatever is around it.
func TestCheckAnonymousFindsAPostcodeAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.StringMatching(`[a-z ,.\n]{0,80} `).Draw(t, "before")
		after := rapid.StringMatching(` [a-z ,.\n]{0,80}`).Draw(t, "after")
		code := rapid.StringMatching(`(BN|TN|CR|SE|N|KT)[1-9][0-9]?( |)[0-9][ABDEFGH][JLNPQRS]`).Draw(t, "code")
		if err := CheckAnonymous(InputText{"profile", before + code + after, 4000}); err == nil {
			t.Fatalf("%q is published", code)
		}
	})
}

// BenchmarkCheckAnonymousHardTexts shows that the time grows no faster than the text, whatever the text contains.
func BenchmarkCheckAnonymousHardTexts(b *testing.B) {
	for _, hard := range []string{"Aa ", "9 ", "BN1", "a@", "St. ", "called ", "0", "A of the ", "1/", "(", "Aa\u00a0"} {
		for _, size := range []int{4000, 16000} {
			b.Run(fmt.Sprintf("%q/%d", hard, size), func(b *testing.B) {
				long := strings.Repeat(hard, size/len(hard))
				for b.Loop() {
					_ = CheckAnonymous(InputText{"profile", long, size})
				}
			})
		}
	}
}
