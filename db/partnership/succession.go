package partnership

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/partnership"
	"github.com/southeasttogether/dps/policy"
)

var (
	successionTable = rowset.New[rules.Succession]("succession", "s",
		rowset.Columns("id", "authority_id", "on_day"),
		rowset.Computed("successors", "to_json(s.successors)"),
		rowset.Columns("remainder_id", "words", "announced_at", "allocated_at", "completed_at", "cases"),
		rowset.Computed("as_of", "(SELECT dps.now())"))
	successionRows = successionTable.Rows()
)

var successionsOfOrganisations = rowset.ListOf[uuid.UUID](successionTable, "authority_id")

// SuccessionsOfOrganisations reads which organisations succeed each organisation.
func SuccessionsOfOrganisations(ctx context.Context, v *engine.View, organisations []uuid.UUID) (map[uuid.UUID]*rules.Succession, error) {
	return successionsOfOrganisations.One(ctx, v, organisations)
}

// successorRow is an organisation with the succession in which it succeeds.
type successorRow struct {
	market.Organisation
	SuccessionID uuid.UUID `db:"of_id"`
}

var successorsOfSuccessions = rowset.ListOf[uuid.UUID](rowset.New[successorRow]("organisation", "o", directory.OrganisationColumns,
	rowset.Computed("of_id", "s.id"), rowset.Join("JOIN succession s ON o.id = ANY (s.successors)")), "of_id", rowset.By("s.id", "o.name",
	"o.id")...)

// SuccessorsOfSuccessions reads the successors, by name.
func SuccessorsOfSuccessions(ctx context.Context, v *engine.View, successions []uuid.UUID) (map[uuid.UUID][]*market.Organisation, error) {
	found, err := successorsOfSuccessions.Read(ctx, v, successions)
	all := map[uuid.UUID][]*market.Organisation{}
	for of, rows := range found {
		for _, row := range rows {
			all[of] = append(all[of], &row.Organisation)
		}
	}
	return all, err
}

var allocationTable = rowset.New[rules.Allocation]("succession_case", "c",
	rowset.Columns("succession_id", "need_id", "successor_id"),
	rowset.Parent("need", "need_id", tendering.NeedTable))

var allocationsOfSuccessions = rowset.ListOf[uuid.UUID](allocationTable, "succession_id", rowset.By("c.need_id")...)

// AllocationsOfSuccessions reads which successor takes over which need.
func AllocationsOfSuccessions(ctx context.Context, v *engine.View, successions []uuid.UUID) (map[uuid.UUID][]*rules.Allocation, error) {
	return allocationsOfSuccessions.Read(ctx, v, successions)
}

// AnnounceSuccession records that authorities succeed another. The day before is the predecessor's last day in the
// region.
func AnnounceSuccession(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AnnounceSuccessionInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "succession.announce", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			o, err := lockChangeable(ctx, t, in.Predecessor.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			var successors []market.Organisation
			for _, named := range in.Successors {
				successor, err := directory.ReadOrganisation(ctx, t, named.UUID)
				if err != nil {
					return engine.Event{}, err
				}
				successors = append(successors, successor)
			}
			s, step, err := rules.AnnounceSuccession(o, successors, in)
			if err != nil {
				return engine.Event{}, err
			}
			if err := t.ExecAtLeastOne(ctx, "UPDATE organisation SET left_on = $2::date - 1 WHERE id = $1", o.ID, s.OnDay.Time); err != nil {
				return engine.Event{}, err
			}
			if _, err := t.Exec(ctx, `INSERT INTO succession (id, authority_id, on_day, successors, remainder_id, words, announced_at, announced_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, s.ID, o.ID, s.OnDay.Time, rowset.IDs(s.SuccessorIDs), s.RemainderID, s.Words, s.AnnouncedAt,
				a.Person); err != nil {
				return engine.Event{}, err
			}
			return engine.AuthorityEvent(o.ID, o.ID, "succession", "left_on"), addPartnershipStep(ctx, t, step)
		})
}

// CancelSuccession cancels a succession before its day. What was allocated goes with it; the history of the predecessor keeps
// that it was announced and cancelled.
func CancelSuccession(ctx context.Context, d *engine.DB, a policy.Actor, in rules.CancelSuccessionInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "succession.cancel", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			o, err := lockChangeable(ctx, t, in.Predecessor.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			var s rules.Succession
			if err := t.Get(ctx, &s, successionRows+" WHERE s.authority_id = $1", o.ID); err != nil {
				return engine.Event{}, engine.AbsentIfNoRows(err, "succession")
			}
			step, err := rules.CancelSuccession(o, s, in)
			if err != nil {
				return engine.Event{}, err
			}
			if err := t.ExecAtLeastOne(ctx, "UPDATE succession SET cancelled_at = dps.now() WHERE id = $1", s.ID); err != nil {
				return engine.Event{}, err
			}
			if err := t.ExecAtLeastOne(ctx, "UPDATE organisation SET left_on = NULL WHERE id = $1", o.ID); err != nil {
				return engine.Event{}, err
			}
			return engine.AuthorityEvent(o.ID, o.ID, "succession", "left_on"), addPartnershipStep(ctx, t, step)
		})
}

// AllocateSuccession says for the actor's authority which successor takes over which need.
func AllocateSuccession(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AllocateSuccessionInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "succession.allocate", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			if _, err := directory.LockOrganisation(ctx, t, a.Organisation); err != nil {
				return engine.Event{}, err
			}
			var s rules.Succession
			if err := t.Get(ctx, &s, successionRows+" WHERE s.authority_id = $1", a.Organisation); err != nil {
				return engine.Event{}, engine.AbsentIfNoRows(err, "succession")
			}
			if err := rules.AllocateSuccession(s, in); err != nil {
				return engine.Event{}, err
			}
			if err := insertAllocations(ctx, t, s, in.Cases); err != nil {
				return engine.Event{}, err
			}
			err := t.ExecAtLeastOne(ctx, "UPDATE succession SET allocated_at = $2, allocated_by = $3 WHERE id = $1", s.ID, s.AsOf, a.Person)
			return engine.AuthorityEvent(a.Organisation, a.Organisation, "allocated_at"), err
		})
}

// insertAllocations writes all of the allocations, or none if one of the needs is not the predecessor's.
func insertAllocations(ctx context.Context, t *engine.Tx, s rules.Succession, cases []rules.AllocationInput) error {
	needs, successors := make([]uuid.UUID, len(cases)), make([]uuid.UUID, len(cases))
	for i, c := range cases {
		needs[i], successors[i] = c.Need.UUID, c.Successor.UUID
	}
	written, err := t.Exec(ctx, `INSERT INTO succession_case (succession_id, need_id, predecessor_id, successor_id)
		SELECT $1, n.id, $2, c.successor FROM unnest($3::uuid[], $4::uuid[]) AS c (need, successor) JOIN need n ON n.id = c.need
		AND n.authority_id = $2
		ON CONFLICT (succession_id, need_id) DO UPDATE SET successor_id = excluded.successor_id`, s.ID, s.PredecessorID, pq.Array(needs),
		pq.Array(successors))
	if err == nil && int(written) < len(cases) {
		return market.Absent("need")
	}
	return err
}

// dueSuccessionQuery reads the successions whose day has come.
const dueSuccessionQuery = "SELECT id FROM succession WHERE completed_at IS NULL AND on_day <= " + engine.TodaySQL +
	" ORDER BY on_day, id LIMIT $1"

// WorkOnSuccessions hands over what is due, each succession in its own transaction.
func WorkOnSuccessions(ctx context.Context, d *engine.DB) (int, error) {
	var due []uuid.UUID
	v := d.View(engine.SystemActor)
	if err := errors.Join(v.All(ctx, &due, dueSuccessionQuery, engine.WorkBatchSize), v.End(ctx)); err != nil {
		return 0, err
	}
	return engine.DoEach(ctx, d, due, completeSuccession)
}

// completeSuccession hands each need of a predecessor over to its successor, all at once. The database does this
// itself, because no role of a person can change what belongs to another authority. The predecessor's log ends with it,
// and each successor's log says which needs came. It may take longer than a request's statement is allowed to.
func completeSuccession(ctx context.Context, d *engine.DB, id uuid.UUID) error {
	_, err := d.Change(ctx, engine.SystemActor, engine.Request{Act: "succession.complete", Keyless: true},
		func(t *engine.Tx) (engine.Event, error) {
			if err := t.TakeLong(ctx); err != nil {
				return engine.Event{}, err
			}
			if err := engine.ExecOnce(ctx, t, "UPDATE succession SET completed_at = dps.now() WHERE id = $1 AND completed_at IS NULL",
				id); err != nil {
				return engine.Event{}, err
			}
			var s rules.Succession
			if err := t.Get(ctx, &s, successionRows+" WHERE s.id = $1", id); err != nil {
				return engine.Event{}, err
			}
			_, err := t.Exec(ctx, `INSERT INTO event (person, capacity, act, object_id, authority_id, chain_id, changed)
			SELECT $2, $3, 'succession.complete', c.need_id, c.successor_id, c.successor_id, '{authority_id}' FROM succession_case c
			WHERE c.succession_id = $1`,
				id, engine.SystemActor.Person, engine.SystemActor.Role)
			return engine.AuthorityEvent(s.PredecessorID, s.PredecessorID, "completed_at"), err
		})
	return err
}
