package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/region"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// timePublishing drafts a need of the lot that every provider is a member of, and says how long its publishing takes, with an
// invitation to each of them.
func (d *samplePool) timePublishing(address string) (time.Duration, error) {
	officer := d.officers[0]
	draft := map[string]any{
		"idempotencyKey": uuid.NewString(), "lot": opaqueID("lot", dataID("lot", 0)), "ageLow": 6, "ageHigh": 16,
		"primaryNeed": d.codes[0],
		"legalBasis":  "EHC_PLAN", "homeOutcode": "ZZ9", "travelMiles": 20, "startFrom": "2027-09-01", "startTo": "2027-10-01",
		"profile": "Synthetic: a child who needs a calm place.", "outcomes": "Synthetic: to attend, and to read.",
	}
	made, err := askOnce(address, request{requestBody("mutation($in: CreateNeedInput!) { createNeed(input: $in) { need { id } problems { "+
		"message } } }",
		map[string]any{"in": draft}), officer.authorization}, "data", "createNeed", "need")
	if err != nil {
		return 0, err
	}
	began := time.Now()
	_, err = askOnce(address, request{
		requestBody("mutation($in: PublishNeedInput!) { publishNeed(input: $in) { need { id deadline } "+
			"problems { message } } }",
			map[string]any{"in": map[string]any{"idempotencyKey": uuid.NewString(), "need": made["id"], "deadline": time.Now().AddDate(0, 0,
				60).Format(time.RFC3339)}}),
		officer.authorization,
	}, "data", "publishNeed", "need")
	return time.Since(began), err
}

// importedSchools is how many schools one import takes in.
const importedSchools = 50_000

// timeImport says how long the program takes to take in an extract of schools that are all relevant and all new, in a
// database of its own.
func (p *dataset) timeImport(ctx context.Context, binary string) (took time.Duration, err error) {
	if _, err := p.admin.ExecContext(ctx, "CREATE DATABASE imports"); err != nil {
		return 0, err
	}
	defer func() {
		_, dropped := p.admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE imports")
		err = errors.Join(err, dropped)
	}()
	if err := p.foundRegion(ctx, "imports"); err != nil {
		return 0, err
	}
	file := filepath.Join(p.folder, "gias.csv")
	if err := writeFile(file, demo.SchoolsFile(importedSchools)); err != nil {
		return 0, err
	}
	began := time.Now()
	said, err := exec.CommandContext(ctx, binary, "import", "gias", "--importer-database-url", p.server.URL("dps_importer", "imports"),
		"--keys", p.keysFile(), file).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("import: %w\n%s", err, said[:min(len(said), 2000)])
	}
	took = time.Since(began)
	var settings int
	counted, err := sql.Open("postgres", p.server.URL(p.server.Superuser(), "imports"))
	if err != nil {
		return 0, err
	}
	defer counted.Close()
	if err := counted.QueryRowContext(ctx, "SELECT count(*) FROM dps.setting").Scan(&settings); err != nil {
		return 0, err
	}
	if settings < importedSchools {
		return 0, fmt.Errorf("the import made %d settings of %d", settings, importedSchools)
	}
	return took, nil
}

func writeFile(name string, from io.Reader) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Close())
}

// foundRegion migrates a database and founds the demonstration's region in it.
func (p *dataset) foundRegion(ctx context.Context, name string) error {
	rules, err := policy.Load()
	if err != nil {
		return err
	}
	keys, err := seal.LoadOrGenerate(p.keysFile())
	if err != nil {
		return err
	}
	admin := p.server.URL(p.server.Superuser(), name)
	if err := db.Migrate(ctx, admin, rules); err != nil {
		return err
	}
	return region.Load(ctx, admin, keys, demo.Region(time.Now()))
}
