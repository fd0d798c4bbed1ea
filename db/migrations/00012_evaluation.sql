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

-- How equal totals are put in order: data, stated with the procedure before any offer is made.
CREATE TABLE tie_break (
    procedure text NOT NULL REFERENCES procedure,
    position  integer NOT NULL CHECK (position > 0),
    rule      text NOT NULL CHECK (rule IN ('QUALITY', 'PRICE', 'RECEIPT', 'LOT')),
    source    text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (procedure, position),
    UNIQUE (procedure, rule)
);
INSERT INTO tie_break SELECT p.code, r.position, r.rule, r.source FROM procedure p, (VALUES
    (1, 'QUALITY', 'The market''s own rule, stated beforehand: quality before price (PCR 2015 regs 18 and 67)'),
    (2, 'PRICE', 'The market''s own rule, stated beforehand: then the lower price (PCR 2015 regs 18 and 67)'),
    (3, 'RECEIPT', 'The market''s own rule, stated beforehand: then who offered first (PCR 2015 reg 18)'),
    (4, 'LOT', 'The market''s own rule, stated beforehand: then by lot (PCR 2015 reg 18)')) r (position, rule, source);
ALTER TABLE ranking ADD tie_break text CHECK (tie_break IN ('QUALITY', 'PRICE', 'RECEIPT', 'LOT'));

-- +goose Down
ALTER TABLE ranking DROP tie_break;
DROP TABLE tie_break;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION scores_locked(which uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(count(*) >= min(p.evaluators), false) FROM score_sheet s
            JOIN need n ON n.id = s.need_id JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure
           WHERE s.need_id = which AND s.locked_at IS NOT NULL $$;
-- +goose StatementEnd
DROP TABLE interest;
