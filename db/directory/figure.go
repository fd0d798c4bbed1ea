// Package directory reads and changes organisations, providers, settings, places, saved searches and vacancies.
package directory

// figuresSQL is what families say about the setting or provider of a row; a column of ratings says which. There are
// only mixed ratings, and they are mixed only in batches of the market's minimum, so every figure has at least that
// many. A minimum that was raised since applies too.
func figuresSQL(column, id string) string {
	return `(SELECT coalesce(json_agg(f), '[]') FROM (SELECT r.question, r.respondent, count(*) AS answers, round(avg(r.value), 1) AS mean
		FROM rating r JOIN market m ON m.id = r.market_id WHERE r.` + column + " = " + id + ` GROUP BY r.question, r.respondent
		HAVING count(*) >= max(m.feedback_k) ORDER BY r.respondent, r.question) f)`
}
