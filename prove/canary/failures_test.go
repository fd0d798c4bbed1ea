package canary_test

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// secretTables are the tables that people's changes write secrets to.
var secretTables = []string{
	"need", "need_identity", "need_ceiling", "sealed_offer", "sealed_part", "preference",
	"feedback_words", "rating_waiting",
	"application", "score", "suitability", "award", "family_invitation",
}

// failures are how things go wrong in the database; TABLE is each of those tables. Some of PostgreSQL's own messages
// contain the row.
var failures = map[string]struct{ wrong, mend string }{
	"no grant": {
		"REVOKE INSERT ON dps.TABLE FROM INSERTERS; REVOKE UPDATE ON dps.TABLE FROM UPDATERS",
		"GRANT INSERT ON dps.TABLE TO INSERTERS; GRANT UPDATE ON dps.TABLE TO UPDATERS",
	},
	"constraint": {"ALTER TABLE dps.TABLE ADD CONSTRAINT broken CHECK (false) NOT VALID", "ALTER TABLE dps.TABLE DROP CONSTRAINT broken"},
	"raised":     {breakingTrigger("RAISE EXCEPTION 'broken: %', NEW"), dropTrigger},
	"value":      {breakingTrigger("PERFORM NEW::text::integer"), dropTrigger},
	"array":      {breakingTrigger("PERFORM NEW::text::integer[]"), dropTrigger},
	"JSON":       {breakingTrigger("PERFORM NEW::text::jsonb"), dropTrigger},
	"too long":   {breakingTrigger("PERFORM repeat(NEW::text, 100000000)"), dropTrigger},
	"connection": {breakingTrigger("PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(60)"), dropTrigger},
	"cancelled":  {breakingTrigger("PERFORM pg_cancel_backend(pg_backend_pid()), pg_sleep(60)"), dropTrigger},
	"unique, by hand": {breakingTrigger("RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = 'broken', DETAIL = NEW::text, HINT = NEW::text, " +
		"CONSTRAINT = 'broken'"), dropTrigger},
}

const dropTrigger = "DROP TRIGGER broken ON dps.TABLE"

func breakingTrigger(body string) string {
	return "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN " + body +
		"; RETURN NEW; END $$; " +
		"CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON dps.TABLE FOR EACH ROW EXECUTE FUNCTION broken()"
}

func (w *world) runOnEveryTable(script string) {
	w.t.Helper()
	for _, table := range secretTables {
		w.execAsAdmin(strings.NewReplacer("dps.TABLE", "dps."+table, "INSERTERS", w.granted[table+" INSERT"], "UPDATERS",
			w.granted[table+" UPDATE"]).Replace(script))
	}
}

// readGrants notes which roles can write to each table. If none can, the owner is used.
func (w *world) readGrants() {
	w.t.Helper()
	w.granted = map[string]string{}
	for _, table := range secretTables {
		for _, privilege := range []string{"INSERT", "UPDATE"} {
			var roles string
			must(w.t, w.Admin.QueryRow(`SELECT coalesce(string_agg(grantee, ', ') FILTER (WHERE grantee <> 'dps_owner'), 'dps_owner')
				FROM information_schema.role_table_grants
				WHERE table_schema = 'dps' AND table_name = $1 AND privilege_type = $2`, table, privilege).Scan(&roles))
			w.granted[table+" "+privilege] = roles
		}
	}
}

func (w *world) execAsAdmin(script string) {
	w.t.Helper()
	_, err := w.Admin.Exec(script)
	must(w.t, err)
}

// tryWhileFailing tries every change that carries a secret while each thing goes wrong. None may succeed, and no secret
// may appear anywhere.
func (w *world) tryWhileFailing(names []string) {
	w.t.Helper()
	for _, name := range names {
		w.runOnEveryTable(failures[name].wrong)
		for what, attempt := range w.changesWithSecrets() {
			if done, reply := attempt(); done.Exists() && !done.At("problems.0").Exists() {
				w.t.Errorf("%s: %s was done all the same: %s", name, what, reply.Raw)
			}
		}
		w.workWhileFailing()
		w.runOnEveryTable(failures[name].mend)
	}
}

// workWhileFailing makes the clock worker fail once while there are needs to close. What it says about that is logged.
func (w *world) workWhileFailing() {
	w.t.Helper()
	_, err := record.Work(w.t.Context(), w.Worker)
	if err == nil {
		w.t.Fatal("the clock's work was done all the same")
	}
	w.reportText("the clock's work", []byte(err.Error()), nobodyMay)
}

// waitForTimeout lets a statement run until the service's own limit of ten seconds ends it.
func (w *world) waitForTimeout() {
	w.t.Helper()
	draft := w.findNeed(func(n *need) bool { return !n.published })
	w.execAsAdmin(strings.ReplaceAll(breakingTrigger("PERFORM pg_sleep(60)"), "TABLE", "need_identity"))
	if _, reply := w.tryChange(w.credentialOf(officerOf(draft.authority, policy.Commissioner)), "recordIdentity", w.identityInput(draft,
		"refused"), "__typename"); len(reply.Errors) == 0 {
		w.t.Errorf("it was waited for: %s", reply.Raw)
	}
	w.execAsAdmin(strings.ReplaceAll(dropTrigger, "TABLE", "need_identity"))
}

// changesWithSecrets are changes that would succeed, each with its own secrets.
func (w *world) changesWithSecrets() map[string]func() (demo.Value, demo.Reply) {
	draft, sealed, begun := w.findNeed(func(n *need) bool { return !n.published }),
		w.findNeed(func(n *need) bool { return n.published && !n.opened }), w.findNeed(func(n *need) bool { return n.opened && !n.locked })
	commissioner := func(n *need) demo.Credential { return w.credentialOf(officerOf(n.authority, policy.Commissioner)) }
	refused := func() string { return w.plantText(secret{kind: "refused"}) }
	try := func(as func() demo.Credential, mutation string, in func() fields) func() (demo.Value, demo.Reply) {
		return func() (demo.Value, demo.Reply) { return w.tryChange(as(), mutation, in(), "__typename") }
	}
	by := func(c demo.Credential) func() demo.Credential { return func() demo.Credential { return c } }
	return map[string]func() (demo.Value, demo.Reply){
		"need":     try(by(commissioner(draft)), "createNeed", func() fields { return w.needInput(draft.authority, "refused", "refused", nil) }),
		"identity": try(by(commissioner(draft)), "recordIdentity", func() fields { return w.identityInput(draft, "refused") }),
		"offer": try(by(w.credentialOf(bidsManagerOf(3))), "submitOffer",
			func() fields { return w.offerInput(sealed, 3, "refused", "refused") }),
		"amendment": try(by(w.credentialOf(bidsManagerOf(1))), "submitOffer",
			func() fields { return w.offerInput(sealed, 1, "refused", "refused") }),
		"entered": try(by(commissioner(sealed)), "enterPreference",
			func() fields { return fields{"need": sealed.id, "respondent": "PARENT", "words": refused()} }),
		"application": try(by(w.credentialOf(bidsManagerOf(4))), "submitApplication", func() fields {
			return fields{"lot": w.lots["Kent"], "statement": refused(), "noGroundForExclusion": true}
		}),
		"feedback": try(by(demo.Credential{Authorization: "Invitation " + w.codes[0]}), "giveFeedback",
			func() fields { return w.feedbackInput(secret{kind: "refused"}) }),
		"invitation": try(by(commissioner(sealed)), "inviteFamily",
			func() fields { return fields{"need": sealed.id, "kind": "PREFERENCE", "respondent": "PARENT"} }),
		"score": try(by(w.credentialOf(officerOf(begun.authority, policy.Evaluator))), "scoreOffer",
			func() fields { return w.scoreInput(begun, 0, officerOf(begun.authority, policy.Evaluator), "refused") }),
		"check": try(by(commissioner(begun)), "assessSuitability", func() fields {
			return fields{"offer": begun.offers[0], "checks": []fields{{"check": "AGE", "passed": false, "reason": refused()}}}
		}),
	}
}

func (w *world) findNeed(which func(*need) bool) *need {
	w.t.Helper()
	for _, n := range w.needs {
		if which(n) {
			return n
		}
	}
	w.t.Fatal("there is no such need")
	return nil
}

// sendRefusedInputs sends what must be refused, with a secret at the place that causes the refusal, and another in the
// same input.
func (w *world) sendRefusedInputs() {
	w.t.Helper()
	draft := w.findNeed(func(n *need) bool { return !n.published })
	commissioner := w.credentialOf(officerOf(draft.authority, policy.Commissioner))
	word := func() string { return w.plantWord(secret{kind: "refused"}) }
	named := w.needInput(draft.authority, "refused", "refused", nil)
	named["profile"] = "The child is called Z" + word()[1:] + "."
	key := fields{"need": draft.id, "respondent": "PARENT", "words": "Synthetic: first.", "idempotencyKey": uuid.NewString()}
	w.tryChange(commissioner, "enterPreference", key, "__typename")
	reused := fields{"need": draft.id, "respondent": "PARENT", "words": word(), "idempotencyKey": key["idempotencyKey"]}
	for mutation, inputs := range map[string][]fields{
		"createNeed": {
			named, withField(w.needInput(draft.authority, "refused", "refused", nil), "outcomes", word()+strings.Repeat(" x", 4000)),
			withField(w.needInput(draft.authority, "refused", "refused", nil), "lot", word()), withField(w.needInput(draft.authority, "refused",
				"refused", nil), "legalBasis", word()), withField(w.needInput(draft.authority, "refused", "refused", nil), "ageLow", word()),
			withField(w.needInput(draft.authority, "refused", "refused", nil), "ceilingWeekly", word()), withField(w.needInput(draft.authority,
				"refused", "refused", nil), "primaryNeed", word()), withField(w.needInput(draft.authority, "refused", "refused", nil), word(), word()),
			withField(w.needInput(draft.authority, "refused", "refused", nil), "idempotencyKey", word()[:7]),
		},
		"recordIdentity": {withField(w.identityInput(draft, "refused"), "dateOfBirth", word()), withField(w.identityInput(draft, "refused"),
			"dateOfBirth", "2001-02-30"), withField(w.identityInput(draft, "refused"), "need", word()), withField(w.identityInput(draft, "refused"),
			"name", []string{word()}), withField(w.identityInput(draft, "refused"), "name", strings.Repeat(word(), 20))},
		"enterPreference": {reused, {"need": draft.id, "respondent": word(), "words": word()}, {
			"need": draft.id, "respondent": "PARENT",
			"words": word(), "setting": word(),
		}},
		"viewIdentity": {{"need": draft.id, "purpose": word()}},
	} {
		for _, in := range inputs {
			if done, reply := w.tryChange(commissioner, mutation, in, "__typename"); done.Exists() && !done.At("problems.0").Exists() {
				w.t.Errorf("%s was done all the same: %s", mutation, reply.Raw)
			}
		}
	}
	for _, document := range []string{
		`{ node(id: "%s") { id } }`, `{ needs(after: "%s") { edges { cursor } } }`, `{ %s`, `"%s"`,
		`{ needs(first: "%s") { edges { cursor } } }`, `mutation { recordIdentity(input: {name: "%s"}) { __typename } }`,
		`{ _entities(representations: [{__typename: "%[1]s", id: "%[1]s"}]) { __typename } }`,
	} {
		w.sendQuery(commissioner, fmt.Sprintf(document, word()+" and"), nil)
	}
	for _, authorization := range []string{"Bearer %s", "Invitation %s", "%s", "Bearer e30.%s.e30"} {
		w.sendQuery(demo.Credential{Authorization: fmt.Sprintf(authorization, word())}, "{ __typename }", nil)
		w.sendQuery(demo.Credential{Authorization: commissioner.Authorization, Capacity: word()}, "{ __typename }", nil)
	}
}

// withField is an input with another value in one place.
func withField(in fields, name string, value any) fields {
	in[name] = value
	return in
}
