-- +goose Up
-- A draft for which a place is proposed or agreed on another route stays as that place was agreed for it, whoever would change
-- it and whether they see awards or not.
CREATE TRIGGER need_as_agreed AFTER UPDATE OF age_low, age_high, gender, primary_need, other_needs, legal_basis, home_outcode, travel_miles,
    start_from, start_to, profile, outcomes ON need FOR EACH ROW WHEN (OLD.published_at IS NULL AND NEW.published_at IS NULL)
    EXECUTE FUNCTION need_published();

-- +goose Down
DROP TRIGGER need_as_agreed ON need;
