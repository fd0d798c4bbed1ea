// Package regionfile reads the file that says what a region is to be: YAML, strict, and each part with its place. docs/region.md explains
// the format.
package regionfile

import (
	"fmt"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/market/region"
	"github.com/southeasttogether/dps/market/text"
)

// file is what is written. The tags are the keys, in the order in which docs/region.md has them.
type file struct {
	Organisations []organisation               `yaml:"organisations"`
	Market        *marketEntry                 `yaml:"market"`
	People        []person                     `yaml:"people"`
	Questions     map[string]map[string]string `yaml:"questions"`
}

type organisation struct {
	Name       string  `yaml:"name"`
	Code       *string `yaml:"code"`
	Lead       bool    `yaml:"lead"`
	Consortium string  `yaml:"consortium"`
	Joins      *string `yaml:"joins"`
	Leaves     *string `yaml:"leaves"`
	Reason     string  `yaml:"reason"`
}

type marketEntry struct {
	Name            string     `yaml:"name"`
	Regime          string     `yaml:"regime"`
	Intention       *intention `yaml:"intention"`
	Established     *string    `yaml:"established"`
	Ends            *string    `yaml:"ends"`
	FeedbackMinimum int        `yaml:"feedback_minimum"`
	Notices         []notice   `yaml:"notices"`
	Lots            []lot      `yaml:"lots"`
}

type intention struct {
	Reference string  `yaml:"reference"`
	Published *string `yaml:"published"`
	Words     string  `yaml:"words"`
}

type notice struct {
	Reference    string         `yaml:"reference"`
	Kind         string         `yaml:"kind"`
	Words        string         `yaml:"words"`
	Ends         *string        `yaml:"ends"`
	Applications *period        `yaml:"applications"`
	Rules        map[string]int `yaml:"rules"`
}

type period struct {
	From  *string `yaml:"from"`
	Until *string `yaml:"until"`
}

type lot struct {
	Name            string      `yaml:"name"`
	Description     string      `yaml:"description"`
	Kind            string      `yaml:"kind"`
	Procedure       string      `yaml:"procedure"`
	ShowsCount      *bool       `yaml:"shows_count"`
	Ages            []int       `yaml:"ages"`
	Needs           []string    `yaml:"needs"`
	Contract        string      `yaml:"contract"`
	ContractVersion string      `yaml:"contract_version"`
	Criteria        []criterion `yaml:"criteria"`
	Evidence        []evidence  `yaml:"evidence"`
	Published       bool        `yaml:"published"`
}

type criterion struct {
	Kind        string `yaml:"kind"`
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	Weight      string `yaml:"weight"`
	TopScore    int    `yaml:"top_score"`
}

type evidence struct {
	Kind      string `yaml:"kind"`
	Essential bool   `yaml:"essential"`
}

type person struct {
	Person       string   `yaml:"person"`
	Organisation string   `yaml:"organisation"`
	Capacities   []string `yaml:"capacities"`
}

// reader makes the wanted region of a file, and collects what cannot be read.
type reader struct {
	isPerson   func(string) bool
	capacities []string
	problems   []region.Problem
}

func (r *reader) reportProblem(place, field, format string, args ...any) {
	r.problems = append(r.problems, region.Problem{Place: place, Field: field, Message: fmt.Sprintf(format, args...)})
}

func (r *reader) wantedRegion(f file) region.Wanted {
	var w region.Wanted
	consortia, rest := []region.Organisation{}, []region.Organisation{}
	for i, o := range f.Organisations {
		made := r.organisation(fmt.Sprintf("organisations[%d]", i), o)
		if made.Kind == market.OrganisationKindConsortium {
			consortia = append(consortia, made)
		} else {
			rest = append(rest, made)
		}
	}
	w.Organisations = append(consortia, rest...)
	if f.Market != nil {
		w.Markets = append(w.Markets, r.market(*f.Market))
	}
	for i, p := range f.People {
		w.People = append(w.People, r.readPerson(fmt.Sprintf("people[%d]", i), p))
	}
	for respondent, questions := range f.Questions {
		for code, words := range questions {
			w.Questions = append(w.Questions, region.Question{
				Place: "questions." + respondent + "." + code, Respondent: respondent, Code: code, Words: text.Clean(words),
			})
		}
	}
	return w
}

func (r *reader) organisation(place string, o organisation) region.Organisation {
	made := region.Organisation{
		Place: place, Kind: market.OrganisationKindPartner, Name: text.Clean(o.Name), DfeCode: o.Code, Lead: o.Lead,
		Consortium: text.Clean(o.Consortium), JoinsOn: r.readDay(place, "joins", o.Joins), LeavesOn: r.readDay(place, "leaves", o.Leaves),
		Reason: text.Clean(o.Reason),
	}
	switch {
	case o.Code == nil:
		made.Kind = market.OrganisationKindConsortium
	case o.Consortium != "":
		made.Kind = market.OrganisationKindBorough
	}
	if made.Name == "" {
		r.reportProblem(place, "name", "Enter the name of the organisation.")
	}
	return made
}

func (r *reader) market(m marketEntry) region.Market {
	const place = "market"
	made := region.Market{Place: place, Market: market.Market{
		Name: text.Clean(m.Name), Regime: market.Regime{Code: m.Regime}, FeedbackMinimum: m.FeedbackMinimum,
		NoticeAt: r.instant(place, "established", m.Established),
	}}
	if ends := r.requiredDay(place, "ends", m.Ends); ends != nil {
		made.EndsOn = *ends
	}
	if n := m.Intention; n != nil {
		made.Intention = &market.Notice{
			Reference: text.Clean(n.Reference), Words: text.Clean(n.Words), PublishedAt: r.instant(place+".intention", "published", n.Published),
		}
		if made.Intention.Reference == "" || made.Intention.Words == "" {
			r.reportProblem(place+".intention", "", "Enter the reference and the words of the notice of intention.")
		}
	}
	for i, n := range m.Notices {
		made.Notices = append(made.Notices, r.notice(fmt.Sprintf("%s.notices[%d]", place, i), n))
	}
	for i, l := range m.Lots {
		made.Lots = append(made.Lots, r.lot(fmt.Sprintf("%s.lots[%d]", place, i), l))
	}
	return made
}

func (r *reader) notice(place string, n notice) region.Notice {
	in := admission.PublishNoticeInput{
		Kind: market.NoticeKind(n.Kind), Reference: text.Clean(n.Reference), Words: text.Clean(n.Words), EndsOn: r.readDay(place, "ends", n.Ends),
	}
	r.oneOf(place, "kind", n.Kind, "MODIFY", "CEASE")
	if p := n.Applications; p != nil {
		from, until := r.requiredDay(place, "applications.from", p.From), r.requiredDay(place, "applications.until", p.Until)
		if from != nil && until != nil {
			in.ApplicationPeriod = &admission.ApplicationPeriodInput{From: *from, Until: *until}
		}
	}
	for code := range n.Rules {
		r.oneOf(place, "rules", code, ruleCodes()...)
	}
	for _, code := range market.RuleCodes {
		if value, ok := n.Rules[string(code)]; ok {
			in.Rules = append(in.Rules, admission.RuleInput{Code: code, Value: value})
		}
	}
	return region.Notice{Place: place, PublishNoticeInput: in}
}

func ruleCodes() (all []string) {
	for _, code := range market.RuleCodes {
		all = append(all, string(code))
	}
	return all
}

func (r *reader) lot(place string, l lot) region.Lot {
	made := region.Lot{Place: place, Published: l.Published, CreateLotInput: admission.CreateLotInput{
		Name: text.Clean(l.Name), Description: text.Clean(l.Description), Kind: market.LotKind(l.Kind),
		Procedure: market.ProcedureCode(l.Procedure), ShowsCount: l.ShowsCount, Needs: l.Needs, Contract: text.Clean(l.Contract),
		ContractVersion: text.Clean(l.ContractVersion),
	}}
	r.oneOf(place, "kind", l.Kind, string(market.LotInmssDay), string(market.LotInmssResidential), string(market.LotChildrensHome))
	r.oneOf(place, "procedure", l.Procedure, string(market.ProcedureMatching), string(market.ProcedureScored))
	if len(l.Ages) == 2 {
		made.AgeLow, made.AgeHigh = l.Ages[0], l.Ages[1]
	} else {
		r.reportProblem(place, "ages", "Enter the youngest and the oldest age, as in [5, 19].")
	}
	for i, c := range l.Criteria {
		made.Criteria = append(made.Criteria, r.criterion(fmt.Sprintf("%s.criteria[%d]", place, i), c))
	}
	for _, e := range l.Evidence {
		made.Evidence = append(made.Evidence, admission.AskForEvidenceInput{Kind: e.Kind, Essential: e.Essential})
	}
	return made
}

func (r *reader) criterion(place string, c criterion) admission.CriterionInput {
	in := admission.CriterionInput{
		Kind: market.CriterionKind(c.Kind), Name: text.Clean(c.Name), Description: text.Clean(c.Description), TopScore: c.TopScore,
	}
	r.oneOf(place, "kind", c.Kind, string(market.CriterionQuality), string(market.CriterionPrice))
	if err := in.Weight.UnmarshalGQL(c.Weight); err != nil {
		r.reportProblem(place, "weight", "Enter the weight as a number, such as 60 or 12.5.")
	}
	return in
}

func (r *reader) readPerson(place string, p person) region.Person {
	if !r.isPerson(p.Person) {
		r.reportProblem(place, "person",
			"Enter the subject that the issuer of tokens gives this person: printable ASCII, at most 255 characters.")
	}
	for _, capacity := range p.Capacities {
		r.oneOf(place, "capacities", capacity, r.capacities...)
	}
	return region.Person{Place: place, Subject: p.Person, Organisation: text.Clean(p.Organisation), Capacities: p.Capacities}
}

func (r *reader) oneOf(place, field, value string, choices ...string) {
	for _, c := range choices {
		if c == value {
			return
		}
	}
	r.reportProblem(place, field, "%q is not one of %v.", value, choices)
}

func (r *reader) readDay(place, field string, written *string) *market.Date {
	if written == nil {
		return nil
	}
	var day market.Date
	if err := day.UnmarshalGQL(*written); err != nil {
		r.reportProblem(place, field, "Enter a day as YYYY-MM-DD, not %q.", *written)
		return nil
	}
	return &day
}

func (r *reader) requiredDay(place, field string, written *string) *market.Date {
	if written == nil {
		r.reportProblem(place, field, "Enter %s as YYYY-MM-DD.", field)
		return nil
	}
	return r.readDay(place, field, written)
}

// instant is the beginning of a day in London.
func (r *reader) instant(place, field string, written *string) time.Time {
	day := r.requiredDay(place, field, written)
	if day == nil {
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, market.London)
}
