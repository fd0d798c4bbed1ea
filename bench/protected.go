package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/seal"
)

// protected is a column that holds words which only the service can read: the key of its rows, and what they are bound to.
type protected struct{ table, column, id, bound, words string }

var protectedColumns = []protected{
	{"preference", "words", "id", "preference:", "Synthetic: somewhere near."},
	{"naming", "reasons", "id", "naming:", "Synthetic: too far."},
	{"basis", "words", "award_id", "basis:", `{"reasons": "Synthetic: the child knows the school.", "evidence": []}`},
	{"setting_address", "address", "setting_id", "address:", "Synthetic: 1 High Street."},
	{"feedback_words", "words", "id", "words:", "Synthetic: all is well."},
}

// protect writes the words of all rows that hold none yet, and the halves of one provider's offers: of nobody else are they read.
func (p *dataset) protect(ctx context.Context, conn *sql.Conn, provider uuid.UUID) error {
	keys, err := seal.LoadOrGenerate(p.keysFile())
	if err != nil {
		return err
	}
	for _, c := range protectedColumns {
		if err := c.protect(ctx, conn, keys); err != nil {
			return fmt.Errorf("%s: %w", c.table, err)
		}
	}
	return sealHalves(ctx, conn, keys, provider)
}

// protectAgain seals what the peer and the floor left in an earlier measurement: they write offers that nobody can read.
func (p *dataset) protectAgain(ctx context.Context) error {
	conn, err := p.admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SET session_replication_role = replica"); err != nil {
		return err
	}
	failed := p.protect(ctx, conn, dataID("provider", looking))
	_, reset := conn.ExecContext(context.WithoutCancel(ctx), "RESET session_replication_role")
	return errors.Join(failed, reset)
}

func (c protected) protect(ctx context.Context, conn *sql.Conn, keys *seal.Keyring) error {
	rows, err := conn.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM dps.%s WHERE %s = '\x00'`, c.id, c.table, c.column))
	if err != nil {
		return err
	}
	ids := scanColumn[uuid.UUID](rows)
	words := make([][]byte, len(ids))
	for i, id := range ids {
		if words[i], err = keys.Protect(c.bound+id.String(), []byte(c.words)); err != nil {
			return err
		}
	}
	_, err = conn.ExecContext(ctx,
		fmt.Sprintf("UPDATE dps.%s t SET %s = w.words FROM unnest($1::uuid[], $2::bytea[]) w (id, words) WHERE t.%s = w.id",
			c.table, c.column, c.id),
		pq.Array(ids), pq.Array(words))
	return err
}

// sealHalves seals what a provider offered.
func sealHalves(ctx context.Context, conn *sql.Conn, keys *seal.Keyring, provider uuid.UUID) error {
	rows, err := conn.QueryContext(ctx,
		"SELECT json_build_array(offer_id, need_id, part, version::text) FROM dps.sealed_part WHERE provider_id = $1", provider)
	if err != nil {
		return err
	}
	halves := map[string]string{
		"QUALITY": `{"StartsOn": "2026-09-15T00:00:00Z", "Places": 1, "NeedsMet": "Synthetic: a calm room.",
		"OutcomesMet": "Synthetic: small steps.", "Assumptions": ""}`,
		"PRICE": `{"Weekly": "1200", "Weeks": 38, "Annual": "45600", "Fees": [{"Kind": "EDUCATION", "Description": "Synthetic: education.",
			"Weekly": "1200"}]}`,
	}
	for _, row := range scanColumn[string](rows) {
		var of [4]string
		if err := json.Unmarshal([]byte(row), &of); err != nil {
			return err
		}
		version, err := strconv.Atoi(of[3])
		if err != nil {
			return err
		}
		binding := seal.Binding{
			Offer: uuid.MustParse(of[0]), Need: uuid.MustParse(of[1]), Provider: provider, Version: version, Part: of[2],
		}
		s, err := keys.Seal(binding, []byte(halves[of[2]]))
		if err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx,
			"UPDATE dps.sealed_part SET ciphertext = $3, keeper_key = $4, provider_key = $5 WHERE offer_id = $1 AND part = $2 AND version = $6",
			binding.Offer, binding.Part, s.Ciphertext, s.KeeperKey, s.ProviderKey, version); err != nil {
			return err
		}
	}
	return nil
}
