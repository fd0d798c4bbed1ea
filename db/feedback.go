package db

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

const invitedRows = `SELECT f.id, f.kind, f.respondent, f.authority_id, f.need_id, f.placement_id, f.invited_at, f.expires_at, f.used_at, f.route,
	(SELECT dps.now()) AS as_of FROM family_invitation f`

// MyInvitation is the invitation whose code the caller showed; nil when there is none.
func (v *View) MyInvitation(ctx context.Context) (*market.FamilyInvitation, error) {
	var found []*market.FamilyInvitation
	if err := v.all(ctx, &found, invitedRows+" WHERE f.code_hash = (SELECT dps.code_hash())"); err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// FamilyInvitationsByID reads invitations of families.
func (v *View) FamilyInvitationsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.FamilyInvitation, error) {
	return byID(ctx, v, invitedRows, "f.id", ids, func(f *market.FamilyInvitation) uuid.UUID { return f.ID })
}

// Questions reads what a kind of respondent is asked, in order.
func (v *View) Questions(ctx context.Context, of []market.Respondent) (map[market.Respondent][]*market.Question, error) {
	var found []*market.Question
	err := v.all(ctx, &found, "SELECT respondent, code, words FROM question WHERE respondent = ANY ($1) ORDER BY position", pq.Array(of))
	all := map[market.Respondent][]*market.Question{}
	for _, respondent := range of {
		all[respondent] = []*market.Question{}
	}
	for _, q := range found {
		all[q.Respondent] = append(all[q.Respondent], q)
	}
	return all, err
}

// InviteFamily makes a one-time invitation. The code is returned once and not kept: on a retry it is "".
func (d *DB) InviteFamily(ctx context.Context, a policy.Actor, in market.InviteFamilyInput) (id uuid.UUID, code string, err error) {
	var made uuid.UUID
	id, err = d.Change(ctx, a, Request{Act: "family_invitation.send", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		i, err := market.InviteFamily(in, need, need.AsOf)
		if err != nil {
			return Event{}, err
		}
		fresh, hash := seal.Code()
		made, code = i.ID, fresh
		return about(i.ID, need.AuthorityID, "created"), t.insertInvitation(ctx, i, need, hash, a.Person)
	})
	if err != nil || id != made {
		return id, "", err
	}
	return id, code, nil
}

// insertInvitation keeps with an invitation to feedback whom and what it is about: the family will not be able to look.
func (t *Tx) insertInvitation(ctx context.Context, i market.FamilyInvitation, n market.Need, hash []byte, person string) error {
	var subject struct {
		Provider *uuid.UUID `db:"provider_id"`
		Setting  *uuid.UUID `db:"setting_id"`
	}
	if i.PlacementID != nil {
		if err := t.get(ctx, &subject, "SELECT provider_id, setting_id FROM placement WHERE id = $1 AND need_id = $2 AND started_at IS NOT NULL",
			i.PlacementID, n.ID); err != nil {
			return absent(err, "placement that has started")
		}
	}
	return t.must(ctx, `INSERT INTO family_invitation (id, code_hash, kind, respondent, authority_id, need_id, placement_id, provider_id, setting_id,
			market_id, invited_by, invited_at, expires_at, route)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, l.market_id, $10, $11, $12, (SELECT a.route FROM award a WHERE a.need_id = $6 AND a.accepted_at IS NOT NULL LIMIT 1)
		FROM lot l WHERE l.id = $13`, i.ID, hash, i.Kind, i.Respondent, n.AuthorityID,
		n.ID, i.PlacementID, subject.Provider, subject.Setting, person, i.InvitedAt, i.ExpiresAt, n.LotID)
}

// useInvitation uses up the invitation whose code was shown: of several at once, one succeeds.
func (t *Tx) useInvitation(ctx context.Context, kind market.FamilyInvitationKind) (market.FamilyInvitation, error) {
	var i market.FamilyInvitation
	if err := t.get(ctx, &i, invitedRows+" WHERE f.code_hash = (SELECT dps.code_hash())"); err != nil {
		return i, absent(err, "invitation")
	}
	if err := market.UseInvitation(i, kind, i.AsOf); err != nil {
		return i, err
	}
	n, err := t.exec(ctx, "UPDATE family_invitation SET used_at = $2 WHERE id = $1 AND used_at IS NULL", i.ID, i.AsOf)
	if err == nil && n == 0 {
		return i, market.UseInvitation(market.FamilyInvitation{Kind: kind, UsedAt: &i.AsOf, ExpiresAt: i.ExpiresAt}, kind, i.AsOf)
	}
	return i, err
}

// GiveFeedback takes what a family says of a placement. The ratings go, without a link or a time, to where they wait to
// be mixed; the words go to the authority's safeguarding lead. The log says that the invitation was used, no more.
func (d *DB) GiveFeedback(ctx context.Context, a policy.Actor, in market.GiveFeedbackInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "feedback.give", Keyless: true}, func(t *Tx) (Event, error) {
		i, err := t.useInvitation(ctx, market.ForFeedback)
		if err != nil {
			return Event{}, err
		}
		var codes []string
		if err := t.all(ctx, &codes, "SELECT code FROM question WHERE respondent = $1", i.Respondent); err != nil {
			return Event{}, err
		}
		if err := market.GiveFeedback(in, codes); err != nil {
			return Event{}, err
		}
		used := about(i.ID, i.AuthorityID, "used_at")
		if err := t.insertRatings(ctx, i, in.Ratings); err != nil || !in.HasWords() {
			return used, err
		}
		return used, t.insertWords(ctx, i, in)
	})
}

// insertRatings writes each rating under a random id and without a time, beside others that wait.
func (t *Tx) insertRatings(ctx context.Context, i market.FamilyInvitation, ratings []market.RatingInput) error {
	for _, r := range ratings {
		if err := t.must(ctx, `INSERT INTO rating_waiting (id, market_id, provider_id, setting_id, respondent, question, value, month)
			SELECT gen_random_uuid(), f.market_id, f.provider_id, f.setting_id, f.respondent, $2, $3, date_trunc('month', $4::timestamptz)
			FROM family_invitation f WHERE f.id = $1`, i.ID, r.Question, r.Value, i.AsOf); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) insertWords(ctx context.Context, i market.FamilyInvitation, in market.GiveFeedbackInput) error {
	id := uuid.New()
	words, err := t.Keys().Protect(wordsContext(id), []byte(*in.Words))
	if err != nil {
		return err
	}
	return t.must(ctx, `INSERT INTO feedback_words (id, placement_id, authority_id, provider_id, respondent, words, may_contact, received_at, read_by)
		SELECT $2, f.placement_id, f.authority_id, f.provider_id, f.respondent, $3, $4, $5, $6 FROM family_invitation f WHERE f.id = $1`,
		i.ID, id, words, in.MayContact, i.AsOf, market.ReadWordsBy(i.AsOf))
}

func wordsContext(id uuid.UUID) string { return "words:" + id.String() }

const wordsRows = `SELECT w.id, w.placement_id, w.authority_id, w.respondent, w.words, w.may_contact, w.received_at, w.read_by, w.decision FROM feedback_words w`

type wordsRow struct {
	market.FeedbackWords
	Sealed []byte `db:"words"`
}

func (v *View) revealWords(row *wordsRow) (*market.FeedbackWords, error) {
	plain, err := v.Keys().Reveal(wordsContext(row.ID), row.Sealed)
	row.Words = string(plain)
	return &row.FeedbackWords, err
}

var feedbackWords = listing[wordsRow]{
	name: "words", rows: wordsRows, keys: "w.received_at, w.id", desc: true,
	key: func(w *wordsRow) []any { return []any{w.ReceivedAt.Format(time.RFC3339Nano), w.ID} },
}

// FeedbackWords is a page of free words that the actor may read, newest first.
func (v *View) FeedbackWords(ctx context.Context, p market.Page) (*market.FeedbackWordsConnection, error) {
	found, err := page(ctx, v, feedbackWords, p)
	if err != nil {
		return nil, err
	}
	shown := &market.FeedbackWordsConnection{PageInfo: found.PageInfo, Edges: []*market.FeedbackWordsEdge{}}
	for _, edge := range found.Edges {
		words, err := v.revealWords(edge.Node)
		if err != nil {
			return nil, err
		}
		shown.Edges = append(shown.Edges, &market.FeedbackWordsEdge{Cut: edge.Cut, Node: words})
	}
	return shown, nil
}

// FeedbackWordsByID reads free words.
func (v *View) FeedbackWordsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.FeedbackWords, error) {
	if !v.can("words.read") {
		return nil, nil
	}
	found, err := byID(ctx, v, wordsRows, "w.id", ids, func(w *wordsRow) uuid.UUID { return w.ID })
	all := map[uuid.UUID]*market.FeedbackWords{}
	for id, row := range found {
		if all[id], err = v.revealWords(row); err != nil {
			return nil, err
		}
	}
	return all, err
}

// WordsOfPlacements reads the free words about each placement.
func (v *View) WordsOfPlacements(ctx context.Context, placements []uuid.UUID) (map[uuid.UUID][]*market.FeedbackWords, error) {
	found, err := grouped(ctx, v, wordsRows, "w.placement_id", "w.received_at, w.id", placements, func(w *wordsRow) uuid.UUID { return w.PlacementID })
	all := map[uuid.UUID][]*market.FeedbackWords{}
	for placement, rows := range found {
		for _, row := range rows {
			words, err := v.revealWords(row)
			if err != nil {
				return nil, err
			}
			all[placement] = append(all[placement], words)
		}
	}
	return all, err
}

// DecideWords records what the safeguarding lead decides about free words. It may be decided again.
func (d *DB) DecideWords(ctx context.Context, a policy.Actor, in market.DecideWordsInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "words.decide", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		id := in.Words.UUID
		err := t.must(ctx, "UPDATE feedback_words SET decision = $2, decided_at = dps.now(), decided_by = $3 WHERE id = $1", id, in.Decision, a.Person)
		return about(id, a.Organisation, "decision"), absent(err, "words")
	})
}

// figuresOf is a column with what families say of the setting or provider of a row: a column of ratings says which. Ratings are
// there only once mixed, and are mixed only in batches of the market's minimum, so every figure stands on at least as many; a
// minimum that was raised since holds too.
func figuresOf(column, id string) string {
	return `(SELECT coalesce(json_agg(f), '[]') FROM (SELECT r.question, r.respondent, count(*) AS answers, round(avg(r.value), 1) AS mean
		FROM rating r JOIN market m ON m.id = r.market_id WHERE r.` + column + " = " + id + ` GROUP BY r.question, r.respondent
		HAVING count(*) >= max(m.feedback_k) ORDER BY r.respondent, r.question) f) AS figures`
}
