-- +goose Up
-- Joint evaluation: people of other authorities, appointed to one need, each in one capacity.
CREATE TABLE appointment (
    id              uuid PRIMARY KEY,
    need_id         uuid NOT NULL REFERENCES need,
    authority_id    uuid NOT NULL,                 -- of the need
    organisation_id uuid NOT NULL REFERENCES organisation, -- whose the person is
    person          text NOT NULL,
    capacity        text NOT NULL CHECK (capacity IN ('OPENING_OFFICER', 'EVALUATOR', 'MODERATOR')),
    made_at         timestamptz NOT NULL,
    made_by         text NOT NULL,
    ended_at        timestamptz,
    ended_by        text,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX appointment_one_live ON appointment (need_id, organisation_id, person, capacity) WHERE ended_at IS NULL;
CREATE INDEX appointment_need ON appointment (authority_id, need_id);
CREATE INDEX appointment_person ON appointment (organisation_id, person, capacity) WHERE ended_at IS NULL;

-- appointed lists the needs to which the asker is appointed in a capacity, while their evaluation goes on.
-- +goose StatementBegin
CREATE FUNCTION appointed(which text) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dps, pg_temp
    AS $$ SELECT coalesce(array_agg(n.id), '{}') FROM appointment a JOIN need n ON n.id = a.need_id
          WHERE a.organisation_id = org() AND a.person = person() AND a.capacity = which AND a.ended_at IS NULL
            AND n.ranked_at IS NULL AND n.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM no_award e WHERE e.need_id = n.id) $$;
-- +goose StatementEnd

-- An appointment stays as it was made: all that can happen to it is that it ends, once.
-- +goose StatementBegin
CREATE FUNCTION appointment_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR to_jsonb(OLD) - '{ended_at,ended_by}'::text[] <> to_jsonb(NEW) - '{ended_at,ended_by}'::text[] THEN
        RAISE EXCEPTION 'an appointment stays as it was made' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER appointment_fixed BEFORE UPDATE ON appointment FOR EACH ROW EXECUTE FUNCTION appointment_fixed();

-- +goose Down
DROP FUNCTION appointed(text);
DROP TABLE appointment;
DROP FUNCTION appointment_fixed();
