-- +goose Up
-- A provider's needs, the newest first, are those that it was invited to, and those that came to it by another route. In the order of the
-- needs neither had an index: a page of twenty read and sorted every invitation that the provider ever had. Each carries when its need
-- was made, which never changes.
ALTER TABLE invitation ADD need_created_at timestamptz;
ALTER TABLE award ADD need_created_at timestamptz;

-- +goose StatementBegin
CREATE FUNCTION since_need() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT n.created_at INTO NEW.need_created_at FROM dps.need n WHERE n.id = NEW.need_id;
    RETURN NEW;
END $$;
-- +goose StatementEnd
UPDATE invitation i SET need_created_at = n.created_at FROM need n WHERE n.id = i.need_id;
UPDATE award a SET need_created_at = n.created_at FROM need n WHERE n.id = a.need_id;
CREATE TRIGGER since_need BEFORE INSERT ON invitation FOR EACH ROW EXECUTE FUNCTION since_need();
CREATE TRIGGER since_need BEFORE INSERT ON award FOR EACH ROW EXECUTE FUNCTION since_need();
ALTER TABLE invitation ALTER need_created_at SET NOT NULL;
ALTER TABLE award ALTER need_created_at SET NOT NULL;

-- Nobody asks in the order of the invitations.
DROP INDEX invitation_provider;
CREATE INDEX invitation_provider ON invitation (provider_id, need_created_at, need_id);
CREATE INDEX award_accepted ON award (provider_id, need_created_at, need_id) WHERE accepted_at IS NOT NULL AND route <> 'COMPETITION';

-- +goose Down
DROP INDEX award_accepted;
DROP INDEX invitation_provider;
CREATE INDEX invitation_provider ON invitation (provider_id, invited_at DESC, need_id);
DROP TRIGGER since_need ON award;
DROP TRIGGER since_need ON invitation;
DROP FUNCTION since_need();
ALTER TABLE award DROP need_created_at;
ALTER TABLE invitation DROP need_created_at;
