package canary_test

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// written are the tables that people's changes write secrets to.
var written = []string{"need", "need_identity", "need_ceiling", "sealed_offer", "sealed_part", "preference", "feedback_words", "rating_waiting",
	"application", "score", "suitability", "award", "family_invitation"}

// ways are how things go wrong in the database, TABLE being each of those tables. PostgreSQL's own messages hold the row in some.
var ways = map[string]struct{ wrong, mend string }{
	"no grant": {"REVOKE INSERT ON dps.TABLE FROM INSERTERS; REVOKE UPDATE ON dps.TABLE FROM UPDATERS",
		"GRANT INSERT ON dps.TABLE TO INSERTERS; GRANT UPDATE ON dps.TABLE TO UPDATERS"},
	"constraint":      {"ALTER TABLE dps.TABLE ADD CONSTRAINT broken CHECK (false) NOT VALID", "ALTER TABLE dps.TABLE DROP CONSTRAINT broken"},
	"raised":          {broken("RAISE EXCEPTION 'broken: %', NEW"), mended},
	"value":           {broken("PERFORM NEW::text::integer"), mended},
	"array":           {broken("PERFORM NEW::text::integer[]"), mended},
	"JSON":            {broken("PERFORM NEW::text::jsonb"), mended},
	"too long":        {broken("PERFORM repeat(NEW::text, 100000000)"), mended},
	"connection":      {broken("PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(60)"), mended},
	"cancelled":       {broken("PERFORM pg_cancel_backend(pg_backend_pid()), pg_sleep(60)"), mended},
	"unique, by hand": {broken("RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = 'broken', DETAIL = NEW::text, HINT = NEW::text, CONSTRAINT = 'broken'"), mended},
}

const mended = "DROP TRIGGER broken ON dps.TABLE"

func broken(body string) string {
	return "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN " + body + "; RETURN NEW; END $$; " +
		"CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON dps.TABLE FOR EACH ROW EXECUTE FUNCTION broken()"
}

func (w *world) toAll(script string) {
	w.t.Helper()
	for _, table := range written {
		w.exec(strings.NewReplacer("dps.TABLE", "dps."+table, "INSERTERS", w.granted[table+" INSERT"], "UPDATERS", w.granted[table+" UPDATE"]).Replace(script))
	}
}

// readGrants notes which roles may write to each table; where none may, the owner stands for them.
func (w *world) readGrants() {
	w.t.Helper()
	w.granted = map[string]string{}
	for _, table := range written {
		for _, privilege := range []string{"INSERT", "UPDATE"} {
			var roles string
			must(w.t, w.Admin.QueryRow(`SELECT coalesce(string_agg(grantee, ', ') FILTER (WHERE grantee <> 'dps_owner'), 'dps_owner') FROM information_schema.role_table_grants
				WHERE table_schema = 'dps' AND table_name = $1 AND privilege_type = $2`, table, privilege).Scan(&roles))
			w.granted[table+" "+privilege] = roles
		}
	}
}

func (w *world) exec(script string) {
	w.t.Helper()
	_, err := w.Admin.Exec(script)
	must(w.t, err)
}

// fail tries every change that carries a secret while each thing goes wrong. None may succeed, and nothing of it may be seen
// anywhere.
func (w *world) fail(names []string) {
	w.t.Helper()
	for _, name := range names {
		w.toAll(ways[name].wrong)
		for what, attempt := range w.attempts() {
			if done, reply := attempt(); done.Is() && !done.At("problems.0").Is() {
				w.t.Errorf("%s: %s was done all the same: %s", name, what, reply.Raw)
			}
		}
		w.work()
		w.toAll(ways[name].mend)
	}
}

// work lets the clock's work fail once: there are needs to close. What it says of that is logged.
func (w *world) work() {
	w.t.Helper()
	_, err := record.Work(w.t.Context(), w.Worker)
	if err == nil {
		w.t.Fatal("the clock's work was done all the same")
	}
	w.report("the clock's work", []byte(err.Error()), nothing)
}

// wait lets a statement run until the service's own limit of ten seconds ends it.
func (w *world) wait() {
	w.t.Helper()
	draft := w.some(func(n *need) bool { return !n.published })
	w.exec(strings.ReplaceAll(broken("PERFORM pg_sleep(60)"), "TABLE", "need_identity"))
	if _, reply := w.try(w.credential(person(draft.authority, policy.Commissioner)), "recordIdentity", w.child(draft, "refused"), "__typename"); len(reply.Errors) == 0 {
		w.t.Errorf("it was waited for: %s", reply.Raw)
	}
	w.exec(strings.ReplaceAll(mended, "TABLE", "need_identity"))
}

// attempts are changes that would succeed, each with secrets of its own.
func (w *world) attempts() map[string]func() (demo.Value, demo.Reply) {
	draft, sealed, begun := w.some(func(n *need) bool { return !n.published }), w.some(func(n *need) bool { return n.published && !n.opened }), w.some(func(n *need) bool { return n.opened && !n.locked })
	commissioner := func(n *need) demo.Credential { return w.credential(person(n.authority, policy.Commissioner)) }
	refused := func() string { return w.words(secret{kind: "refused"}) }
	try := func(as func() demo.Credential, mutation string, in func() fields) func() (demo.Value, demo.Reply) {
		return func() (demo.Value, demo.Reply) { return w.try(as(), mutation, in(), "__typename") }
	}
	by := func(c demo.Credential) func() demo.Credential { return func() demo.Credential { return c } }
	return map[string]func() (demo.Value, demo.Reply){
		"need":      try(by(commissioner(draft)), "createNeed", func() fields { return w.drafting(draft.authority, "refused", "refused", nil) }),
		"identity":  try(by(commissioner(draft)), "recordIdentity", func() fields { return w.child(draft, "refused") }),
		"offer":     try(by(w.credential(bidder(3))), "submitOffer", func() fields { return w.offering(sealed, 3, "refused", "refused") }),
		"amendment": try(by(w.credential(bidder(1))), "submitOffer", func() fields { return w.offering(sealed, 1, "refused", "refused") }),
		"entered":   try(by(commissioner(sealed)), "enterPreference", func() fields { return fields{"need": sealed.id, "respondent": "PARENT", "words": refused()} }),
		"application": try(by(w.credential(bidder(4))), "submitApplication", func() fields {
			return fields{"lot": w.lots["Kent"], "statement": refused(), "noGroundForExclusion": true}
		}),
		"feedback":   try(by(demo.Credential{Authorization: "Invitation " + w.codes[0]}), "giveFeedback", func() fields { return w.feedback(secret{kind: "refused"}) }),
		"invitation": try(by(commissioner(sealed)), "inviteFamily", func() fields { return fields{"need": sealed.id, "kind": "PREFERENCE", "respondent": "PARENT"} }),
		"score":      try(by(w.credential(person(begun.authority, policy.Evaluator))), "scoreOffer", func() fields { return w.scoring(begun, 0, person(begun.authority, policy.Evaluator), "refused") }),
		"check": try(by(commissioner(begun)), "assessSuitability", func() fields {
			return fields{"offer": begun.offers[0], "checks": []fields{{"check": "AGE", "passed": false, "reason": refused()}}}
		}),
	}
}

func (w *world) some(which func(*need) bool) *need {
	w.t.Helper()
	for _, n := range w.needs {
		if which(n) {
			return n
		}
	}
	w.t.Fatal("there is no such need")
	return nil
}

// refuse sends what has to be refused, with a secret at the place for which it is refused, and one beside it.
func (w *world) refuse() {
	w.t.Helper()
	draft := w.some(func(n *need) bool { return !n.published })
	commissioner := w.credential(person(draft.authority, policy.Commissioner))
	word := func() string { return w.word(secret{kind: "refused"}) }
	named := w.drafting(draft.authority, "refused", "refused", nil)
	named["profile"] = "The child is called Z" + word()[1:] + "."
	key := fields{"need": draft.id, "respondent": "PARENT", "words": "Synthetic: first.", "idempotencyKey": uuid.NewString()}
	w.try(commissioner, "enterPreference", key, "__typename")
	reused := fields{"need": draft.id, "respondent": "PARENT", "words": word(), "idempotencyKey": key["idempotencyKey"]}
	for mutation, inputs := range map[string][]fields{
		"createNeed":      {named, with(w.drafting(draft.authority, "refused", "refused", nil), "outcomes", word()+"\x00"), with(w.drafting(draft.authority, "refused", "refused", nil), "lot", word()), with(w.drafting(draft.authority, "refused", "refused", nil), "legalBasis", word()), with(w.drafting(draft.authority, "refused", "refused", nil), "ageLow", word()), with(w.drafting(draft.authority, "refused", "refused", nil), "ceilingWeekly", word()), with(w.drafting(draft.authority, "refused", "refused", nil), "primaryNeed", word()), with(w.drafting(draft.authority, "refused", "refused", nil), word(), word()), with(w.drafting(draft.authority, "refused", "refused", nil), "idempotencyKey", word()[:7])},
		"recordIdentity":  {with(w.child(draft, "refused"), "dateOfBirth", word()), with(w.child(draft, "refused"), "dateOfBirth", "2001-02-30"), with(w.child(draft, "refused"), "need", word()), with(w.child(draft, "refused"), "name", []string{word()}), with(w.child(draft, "refused"), "name", strings.Repeat(word(), 20))},
		"enterPreference": {reused, {"need": draft.id, "respondent": word(), "words": word()}, {"need": draft.id, "respondent": "PARENT", "words": word(), "setting": word()}},
		"viewIdentity":    {{"need": draft.id, "purpose": word()}},
	} {
		for _, in := range inputs {
			if done, reply := w.try(commissioner, mutation, in, "__typename"); done.Is() && !done.At("problems.0").Is() {
				w.t.Errorf("%s was done all the same: %s", mutation, reply.Raw)
			}
		}
	}
	for _, document := range []string{`{ node(id: "%s") { id } }`, `{ needs(after: "%s") { edges { cursor } } }`, `{ %s`, `"%s"`, `{ needs(first: "%s") { edges { cursor } } }`, `mutation { recordIdentity(input: {name: "%s"}) { __typename } }`,
		`{ _entities(representations: [{__typename: "%[1]s", id: "%[1]s"}]) { __typename } }`} {
		w.ask(commissioner, fmt.Sprintf(document, word()+" and"), nil)
	}
	for _, authorization := range []string{"Bearer %s", "Invitation %s", "%s", "Bearer e30.%s.e30"} {
		w.ask(demo.Credential{Authorization: fmt.Sprintf(authorization, word())}, "{ __typename }", nil)
		w.ask(demo.Credential{Authorization: commissioner.Authorization, Capacity: word()}, "{ __typename }", nil)
	}
}

// with is an input with another value in one place.
func with(in fields, name string, value any) fields {
	in[name] = value
	return in
}
