package region

import (
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/region"
)

// applyQuestions gives the questions to families the words that they are to have. A question that somebody has answered stays.
func (a *application) applyQuestions(w rules.Wanted) error {
	for _, q := range w.Questions {
		var words []string
		if err := a.tx.SelectRows(a.ctx, &words, "SELECT words FROM question WHERE respondent = $1 AND code = $2",
			q.Respondent, q.Code); err != nil {
			return err
		}
		switch {
		case len(words) == 0:
			a.addProblem(q.Place, "", "Families are not asked the question %s.", q.Code)
			continue
		case words[0] == q.Words:
			continue
		}
		if _, err := a.takeStep(q.Place, "word the question "+q.Code+" of "+q.Respondent, func() error { return a.wordQuestion(q) }); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) wordQuestion(q rules.Question) error {
	if err := market.CheckTexts(market.InputText{Field: "words", Value: q.Words, Limit: 200}); err != nil {
		return err
	}
	var answered bool
	if err := a.tx.Get(a.ctx, &answered, `SELECT EXISTS (SELECT FROM rating WHERE respondent = $1 AND question = $2)
		OR EXISTS (SELECT FROM rating_waiting WHERE respondent = $1 AND question = $2)`, q.Respondent, q.Code); err != nil {
		return err
	}
	if answered {
		return market.Refuse(market.WrongState, "Families have answered the question %s. Its words cannot change.", q.Code)
	}
	about := id("question", q.Respondent+" "+q.Code)
	return a.tx.Record(a.ctx, "question.word", func() (engine.Event, error) {
		err := a.tx.ExecAtLeastOne(a.ctx, "UPDATE question SET words = $3 WHERE respondent = $1 AND code = $2", q.Respondent, q.Code, q.Words)
		return engine.AuthorityEvent(about, a.lead, "words"), err
	})
}

// claim says what the issuer of tokens needs for the people of the region.
func (a *application) claim(w rules.Wanted) error {
	var subjects []string
	for _, p := range w.People {
		subjects = append(subjects, p.Subject)
	}
	var revoked []struct {
		Person string `db:"person"`
		Epoch  int    `db:"epoch"`
	}
	if err := a.tx.SelectRows(a.ctx, &revoked, `SELECT person, max(epoch) AS epoch FROM (
			SELECT person, epoch FROM revocation UNION ALL SELECT person, epoch FROM access_end) e WHERE person = ANY ($1) GROUP BY person`,
		pq.Array(subjects)); err != nil {
		return err
	}
	epochs := map[string]int{}
	for _, r := range revoked {
		epochs[r.Person] = r.Epoch
	}
	for _, p := range w.People {
		o, ok := a.organisations[p.Organisation]
		for _, other := range a.organisations {
			if !ok && other.Name == p.Organisation {
				o = other
			}
		}
		a.report.Claims = append(a.report.Claims, Claim{p.Subject, o.ID, o.Name, p.Capacities, epochs[p.Subject]})
	}
	return nil
}
