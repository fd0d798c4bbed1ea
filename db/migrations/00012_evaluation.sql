-- +goose Up
-- Evaluation in full.

-- What each who acts on a need has declared about an own interest in its outcome. Declarations are added, never changed.
CREATE TABLE interest (
    id           uuid PRIMARY KEY,
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    person       text NOT NULL,
    conflict     boolean NOT NULL,
    nature       bytea CHECK (conflict = (nature IS NOT NULL)),   -- protected
    at           timestamptz NOT NULL
);
CREATE UNIQUE INDEX interest_once ON interest (need_id, person, conflict);
CREATE INDEX interest_need ON interest (authority_id, need_id);

-- scores_locked: whether as many sheets are locked as the need's procedure asks for. The sheet of somebody who found out an
-- interest before quality was locked counts no more.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION scores_locked(which uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(count(*) >= min(p.evaluators), false) FROM score_sheet s
            JOIN need n ON n.id = s.need_id JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure
           WHERE s.need_id = which AND s.locked_at IS NOT NULL
             AND NOT EXISTS (SELECT FROM interest i WHERE i.need_id = s.need_id AND i.person = s.person AND i.conflict
                             AND i.at <= coalesce(n.quality_locked_at, 'infinity')) $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION scores_locked(which uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(count(*) >= min(p.evaluators), false) FROM score_sheet s
            JOIN need n ON n.id = s.need_id JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure
           WHERE s.need_id = which AND s.locked_at IS NOT NULL $$;
-- +goose StatementEnd
DROP TABLE interest;
