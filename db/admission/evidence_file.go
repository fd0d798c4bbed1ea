package admission

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/policy"
)

// EvidenceCompleteSQL is the condition that evidence, by its alias, has its document or needs none.
func EvidenceCompleteSQL(e string) string {
	return "(" + e + ".declared OR EXISTS (SELECT FROM evidence_file f WHERE f.evidence_id = " + e + ".id))"
}

// evidenceFileColumns are the columns of a document f except its content.
var (
	evidenceFileColumns = rowset.Columns("evidence_id", "name", "media", "bytes", "sha256", "uploaded_at", "removed_at")
	evidenceFileTable   = rowset.New[rules.EvidenceFile]("evidence_file", "f", evidenceFileColumns)
)

var filesOfEvidence = rowset.ListOf[uuid.UUID](evidenceFileTable, "evidence_id")

// FilesOfEvidence reads the document of each piece of evidence, without its content.
func FilesOfEvidence(ctx context.Context, v *engine.View, evidence []uuid.UUID) (map[uuid.UUID]*rules.EvidenceFile, error) {
	return filesOfEvidence.One(ctx, v, evidence)
}

// evidenceFileRow is a document with its provider and its protected content.
type evidenceFileRow struct {
	rules.EvidenceFile
	Provider uuid.UUID `db:"provider_id"`
	Content  []byte    `db:"content"`
}

var evidenceFileRows = rowset.New[evidenceFileRow]("evidence_file", "f", evidenceFileColumns,
	rowset.Columns("provider_id", "content")).Rows()

// EvidenceContent reads the document of evidence with its content. It is absent if the actor cannot read the evidence, or not its
// document, and if the document was removed. A view by anybody but the provider is on record when the view of the request ends: answer
// after that.
func EvidenceContent(ctx context.Context, v *engine.View, evidence uuid.UUID) (rules.EvidenceFile, []byte, error) {
	var found []evidenceFileRow
	if !v.Can("evidence.view") {
		return rules.EvidenceFile{}, nil, market.Absent("document")
	}
	if err := v.All(ctx, &found, evidenceFileRows+" JOIN evidence e ON e.id = f.evidence_id WHERE f.evidence_id = $1",
		evidence); err != nil {
		return rules.EvidenceFile{}, nil, err
	}
	if len(found) == 0 {
		return rules.EvidenceFile{}, nil, market.Absent("document")
	}
	if removed := found[0].RemovedAt; removed != nil {
		return rules.EvidenceFile{}, nil, market.Refuse(market.NotFound, "This document was removed, because it had been kept for as long as "+
			"documents are kept. Its size and its digest are still shown with the evidence.")
	}
	plain, err := v.Keys().Reveal(fileContext(evidence), found[0].Content)
	if err == nil && v.Actor().Organisation != found[0].Provider {
		views := engine.Kept(v, func() *evidenceViews { return &evidenceViews{of: map[uuid.UUID]uuid.UUID{}} })
		views.of[evidence] = found[0].Provider
	}
	return found[0].EvidenceFile, plain, err
}

// evidenceViews are the evidence whose documents a request has read, with its provider.
type evidenceViews struct{ of map[uuid.UUID]uuid.UUID }

// End records the views, once for each person, evidence and minute, in the chain of the reader's authority and in the provider's own. A
// request that cannot record them is not answered.
func (w *evidenceViews) End(ctx context.Context, v *engine.View) error {
	if len(w.of) == 0 {
		return nil
	}
	err := v.Record(ctx, "evidence.view", func(t *engine.Tx) error {
		now, err := engine.MarketNow(ctx, t)
		if err != nil {
			return err
		}
		var views []engine.Event
		for id, provider := range w.of {
			once := fmt.Sprintf("evidence|%s|%s|%s", v.Actor().Context(), id, now.UTC().Format("2006-01-02T15:04"))
			ours, theirs := engine.AuthorityEvent(id, v.Actor().Organisation, "viewed"), engine.ProviderEvent(id, provider, "viewed")
			ours.Once, theirs.Once = once, once+"|provider"
			views = append(views, ours, theirs)
		}
		return t.RecordEvent(ctx, views...)
	})
	if err == nil {
		clear(w.of)
	}
	return err
}

func fileContext(evidence uuid.UUID) string { return "evidence:" + evidence.String() }

// uploadTicket is the content of an upload link. It works only for the person who asked for it.
type uploadTicket struct {
	Evidence uuid.UUID
	Name     string
	Until    time.Time
}

func uploadContext(a policy.Actor) string { return a.Context() + "|upload" }

// UploadEvidence makes an upload link for a document of the actor's provider.
func UploadEvidence(ctx context.Context, d *engine.DB, a policy.Actor, in rules.UploadEvidenceInput) (*rules.UploadLink, error) {
	link := uploadTicket{Evidence: in.Evidence.UUID, Name: in.Name}
	_, err := d.Change(ctx, a, engine.Request{Act: "evidence.upload", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		var e rules.Evidence
		if err := t.Get(ctx, &e, evidenceRows+" WHERE e.id = $1", link.Evidence); err != nil {
			return engine.Event{}, engine.AbsentIfNoRows(err, "evidence")
		}
		now, err := engine.MarketNow(ctx, t)
		if err != nil {
			return engine.Event{}, err
		}
		link.Until, err = rules.UploadEvidence(e, in, now)
		return engine.ProviderEvent(e.ID, a.Organisation, "upload_link"), err
	})
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(link)
	if err != nil {
		return nil, err
	}
	sealed, err := d.Keys().SealCursor(uploadContext(a), plain)
	return &rules.UploadLink{Path: "/evidence/upload/" + sealed, ExpiresAt: link.Until}, err
}

// Upload is an upload link that was looked at: it is the actor's, in time, and its evidence has no document yet.
type Upload struct{ link uploadTicket }

// CheckUpload looks at an upload link before anything of the document is read.
func CheckUpload(ctx context.Context, d *engine.DB, a policy.Actor, sealed string) (u Upload, err error) {
	plain, err := d.Keys().OpenCursor(uploadContext(a), sealed)
	if err != nil || json.Unmarshal(plain, &u.link) != nil {
		return u, market.Absent("upload link")
	}
	v := d.View(a)
	var found []uploadRoom
	err = v.All(ctx, &found, uploadRoomSQL+", "+"EXISTS (SELECT FROM evidence_file f WHERE f.evidence_id = $2) AS complete",
		a.Organisation, u.link.Evidence)
	if err := errors.Join(err, v.End(ctx)); err != nil {
		return u, err
	}
	return u, found[0].check(u.link)
}

// uploadRoom is what decides whether a document can be taken now.
type uploadRoom struct {
	Now      time.Time `db:"now"`
	Today    int64     `db:"today"`
	Ever     int64     `db:"ever"`
	Complete bool      `db:"complete"`
}

// uploadRoomSQL asks how many bytes a provider has stored, in the last 24 hours and ever.
const uploadRoomSQL = `SELECT dps.now() AS now,
	(SELECT coalesce(sum(f.bytes), 0)::bigint FROM evidence_file f WHERE f.provider_id = $1 AND f.removed_at IS NULL) AS ever,
	(SELECT coalesce(sum(f.bytes), 0)::bigint FROM evidence_file f
		WHERE f.provider_id = $1 AND f.uploaded_at > dps.now() - interval '24 hours') AS today`

func (r uploadRoom) check(link uploadTicket) error {
	if r.Now.After(link.Until) {
		return market.Refuse(market.DeadlinePassed, "This link has expired: ask for a new one.")
	}
	if r.Complete {
		return rules.ErrHasDocument
	}
	return rules.CheckRoom(r.Today, r.Ever)
}

// StoreDocument accepts the document that a link was made for, once and in time, and stores it encrypted.
func StoreDocument(ctx context.Context, d *engine.DB, a policy.Actor, u Upload, content []byte) error {
	link := u.link
	file, err := rules.AcceptFile(link.Name, content)
	if err != nil {
		return err
	}
	kept, err := d.Keys().Protect(fileContext(link.Evidence), content)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	_, err = d.Change(ctx, a, engine.Request{Act: "evidence.upload", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		if err := t.Lock(ctx, engine.LockDocuments(a.Organisation)); err != nil {
			return engine.Event{}, err
		}
		var room uploadRoom
		if err := t.Get(ctx, &room, uploadRoomSQL+", false AS complete", a.Organisation); err != nil {
			return engine.Event{}, err
		}
		if err := room.check(link); err != nil {
			return engine.Event{}, err
		}
		_, err = t.Exec(ctx, `INSERT INTO evidence_file (evidence_id, provider_id, name, media, bytes, sha256, content, uploaded_at, uploaded_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, link.Evidence, a.Organisation, file.Name, file.Media, file.Bytes,
			hex.EncodeToString(sum[:]), kept, room.Now, a.Person)
		return engine.ProviderEvent(link.Evidence, a.Organisation, "file"), err
	})
	return err
}
