-- +goose Up
-- Which notices of awards are owed, and by when: the authority's list of them reckoned all that its awards ever asked for, to show twenty.
-- Kept by the database alone, whenever an award, its agreement or the record of a notice changes. What a notice says is still reckoned.
CREATE TABLE owed_notice (
    award_id     uuid NOT NULL REFERENCES award,
    kind         text NOT NULL CHECK (kind IN ('AWARD', 'DETAILS')),
    need_id      uuid NOT NULL,
    authority_id uuid NOT NULL,
    due_on       date NOT NULL,
    PRIMARY KEY (award_id, kind),
    FOREIGN KEY (need_id, authority_id) REFERENCES need (id, authority_id) ON UPDATE CASCADE
);
CREATE INDEX owed_notice_due ON owed_notice (authority_id, due_on, kind, award_id);
CREATE INDEX owed_notice_need ON owed_notice (need_id, authority_id);

-- owe_notices writes what some awards owe anew. A notice that comes before the contract is owed from the approval on, another once the
-- award is accepted, and the details once the agreement is signed by both; whether the time to accept has run out is for the reader to ask.
-- +goose StatementBegin
CREATE FUNCTION owe_notices(which uuid[]) RETURNS void LANGUAGE plpgsql SET search_path = dps, pg_temp AS $$
BEGIN
    DELETE FROM owed_notice WHERE award_id = ANY (which);
    INSERT INTO owed_notice (award_id, kind, need_id, authority_id, due_on)
        SELECT a.id, r.kind, a.need_id, a.authority_id, dps.award_notice_due(s.at, r.days, r.quarterly)
          FROM award a JOIN need e ON e.id = a.need_id JOIN lot l ON l.id = e.lot_id JOIN market m ON m.id = l.market_id
          JOIN regime_route o ON o.regime = m.regime AND o.route = a.route AND o.award_notice JOIN award_notice_rule r ON r.regime = m.regime
          LEFT JOIN placement x ON x.award_id = a.id LEFT JOIN agreement g ON g.placement_id = x.id
          CROSS JOIN LATERAL (SELECT CASE WHEN r.kind = 'DETAILS' THEN CASE WHEN num_nulls(g.authority_signed_at, g.provider_signed_at) = 0
                  THEN greatest(g.authority_signed_at, g.provider_signed_at) END
              WHEN r.before_contract THEN a.approved_at ELSE a.accepted_at END AS at) s
         WHERE a.id = ANY (which) AND s.at IS NOT NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL
           AND NOT EXISTS (SELECT FROM award_notice w WHERE w.award_id = a.id AND w.kind = r.kind);
END $$;

CREATE FUNCTION owe_notices() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'award' THEN PERFORM owe_notices(ARRAY[NEW.id]);
        WHEN 'agreement' THEN PERFORM owe_notices(ARRAY(SELECT award_id FROM placement WHERE id = NEW.placement_id));
        ELSE PERFORM owe_notices(ARRAY[NEW.award_id]);
    END CASE;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER owe_notices AFTER INSERT OR UPDATE OF approved_at, accepted_at, declined_at, lapsed_at ON award FOR EACH ROW EXECUTE FUNCTION owe_notices();
CREATE TRIGGER owe_notices AFTER INSERT OR UPDATE OF authority_signed_at, provider_signed_at ON agreement FOR EACH ROW EXECUTE FUNCTION owe_notices();
CREATE TRIGGER owe_notices AFTER INSERT ON award_notice FOR EACH ROW EXECUTE FUNCTION owe_notices();
SELECT owe_notices(ARRAY(SELECT id FROM award));

-- +goose Down
DROP TRIGGER owe_notices ON award_notice;
DROP TRIGGER owe_notices ON agreement;
DROP TRIGGER owe_notices ON award;
DROP FUNCTION owe_notices(), owe_notices(uuid[]);
DROP TABLE owed_notice;
