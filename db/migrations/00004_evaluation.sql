-- +goose Up
-- Evaluation, award, and telling every bidder.

CREATE TABLE suitability (
    offer_id     uuid NOT NULL REFERENCES offer,
    check_code   text NOT NULL CHECK (check_code IN ('MEMBERSHIP', 'REGISTRATION', 'AGE', 'NEEDS_MET', 'VACANCY', 'INSPECTION', 'IMPACT_ON_CHILDREN')),
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    passed       boolean NOT NULL,
    reason       text NOT NULL CHECK (passed OR reason <> ''),
    person       text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (offer_id, check_code)
);
CREATE INDEX suitability_need ON suitability (authority_id, need_id);

-- One evaluator's sheet for a need; locked once, and only then seen by others.
CREATE TABLE score_sheet (
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    person       text NOT NULL,
    locked_at    timestamptz,
    PRIMARY KEY (authority_id, need_id, person)
);

CREATE TABLE score (
    offer_id     uuid NOT NULL REFERENCES offer,
    criterion_id uuid NOT NULL REFERENCES criterion,
    person       text NOT NULL,
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    points       integer NOT NULL CHECK (points >= 0),
    comment      text NOT NULL,
    PRIMARY KEY (offer_id, criterion_id, person)
);
CREATE INDEX score_need ON score (authority_id, need_id);

CREATE TABLE moderation (
    offer_id     uuid NOT NULL REFERENCES offer,
    criterion_id uuid NOT NULL REFERENCES criterion,
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    points       numeric(6,2) NOT NULL CHECK (points >= 0),
    reason       text NOT NULL,
    person       text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (offer_id, criterion_id)
);
CREATE INDEX moderation_need ON moderation (authority_id, need_id);

-- scores_locked: whether as many sheets are locked as the need's procedure asks for. Blind until then.
-- +goose StatementBegin
CREATE FUNCTION scores_locked(which uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(count(*) >= min(p.evaluators), false) FROM score_sheet s
            JOIN need n ON n.id = s.need_id JOIN lot l ON l.id = n.lot_id JOIN procedure p ON p.code = l.procedure
           WHERE s.need_id = which AND s.locked_at IS NOT NULL $$;
-- +goose StatementEnd

-- The result with its arithmetic, written once when quality is locked and prices are open.
CREATE TABLE ranking (
    offer_id     uuid PRIMARY KEY REFERENCES offer,
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    provider_id  uuid NOT NULL,
    rank         integer NOT NULL CHECK (rank > 0),
    quality      numeric(6,2) NOT NULL,
    price        numeric(6,2) NOT NULL,
    total        numeric(6,2) NOT NULL,
    arithmetic   text NOT NULL
);
CREATE INDEX ranking_need ON ranking (authority_id, need_id, rank);

-- What the family would like and why, and what was done with it. Words are protected.
CREATE TABLE preference (
    id           uuid PRIMARY KEY,
    need_id      uuid NOT NULL REFERENCES need,
    authority_id uuid NOT NULL,
    respondent   text NOT NULL CHECK (respondent IN ('PARENT', 'YOUNG_PERSON')),
    setting_id   uuid REFERENCES setting,
    words        bytea NOT NULL,
    entered_for  boolean NOT NULL,               -- said by telephone or through an advocate, and entered for them
    given_at     timestamptz NOT NULL,
    effect       text,
    effect_by    text,
    effect_at    timestamptz
);
CREATE INDEX preference_need ON preference (authority_id, need_id);

CREATE TABLE award (
    id              uuid PRIMARY KEY,
    need_id         uuid NOT NULL REFERENCES need,
    authority_id    uuid NOT NULL,
    offer_id        uuid NOT NULL REFERENCES offer,
    provider_id     uuid NOT NULL,
    setting_id      uuid NOT NULL,
    reason          text NOT NULL,               -- why this offer; where it is not the best, the ground that the regime allows
    proposed_at     timestamptz NOT NULL,
    proposed_by     text NOT NULL,
    approved_at     timestamptz,
    approved_by     text,
    standstill_ends timestamptz,
    accept_by       timestamptz,
    rejected_at     timestamptz,                 -- by the approver, while it is a proposal
    rejected_by     text,
    reject_reason   text,
    accepted_at     timestamptz,
    declined_at     timestamptz,
    decline_reason  text,
    lapsed_at       timestamptz,
    CHECK (approved_by <> proposed_by),
    CHECK (rejected_at IS NULL OR approved_at IS NULL),
    CHECK (accepted_at IS NULL OR (declined_at IS NULL AND lapsed_at IS NULL AND approved_at IS NOT NULL))
);
-- One live award per need.
CREATE UNIQUE INDEX award_one_live ON award (need_id) WHERE rejected_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL;
CREATE INDEX award_authority ON award (authority_id, need_id);
CREATE INDEX award_provider ON award (provider_id, approved_at);
CREATE INDEX award_due ON award (accept_by) WHERE accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL;

-- Every bidder is told, at the approval of each award: result, own scores, relative advantage of the winner.
CREATE TABLE letter (
    award_id     uuid NOT NULL REFERENCES award,
    offer_id     uuid NOT NULL REFERENCES offer,
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    provider_id  uuid NOT NULL,
    result       text NOT NULL CHECK (result IN ('AWARDED', 'NOT_AWARDED', 'NOT_SUITABLE')),
    rank         integer,
    total        numeric(6,2),
    body         text NOT NULL,
    sent_at      timestamptz NOT NULL,
    PRIMARY KEY (award_id, offer_id)
);
CREATE INDEX letter_offer ON letter (offer_id);

-- +goose Down
DROP TABLE letter, award, preference, ranking, moderation, score, score_sheet, suitability;
DROP FUNCTION scores_locked(uuid);
