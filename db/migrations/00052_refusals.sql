-- +goose Up
-- What is asked of a new award or price query is asked once row security has let its row pass: who may not make one learns
-- nothing by trying of a school that is named, of a price that is queried, or of another award.

DROP TRIGGER award_after_naming ON award;
CREATE TRIGGER award_after_naming AFTER INSERT ON award FOR EACH ROW EXECUTE FUNCTION award_after_naming();
DROP TRIGGER award_after_prices ON award;
CREATE TRIGGER award_after_prices AFTER INSERT ON award FOR EACH ROW EXECUTE FUNCTION award_after_prices();
DROP TRIGGER price_not_awarded ON price_query;
CREATE TRIGGER price_not_awarded AFTER INSERT ON price_query FOR EACH ROW EXECUTE FUNCTION price_not_awarded();

-- +goose Down
DROP TRIGGER award_after_naming ON award;
CREATE TRIGGER award_after_naming BEFORE INSERT ON award FOR EACH ROW EXECUTE FUNCTION award_after_naming();
DROP TRIGGER award_after_prices ON award;
CREATE TRIGGER award_after_prices BEFORE INSERT ON award FOR EACH ROW EXECUTE FUNCTION award_after_prices();
DROP TRIGGER price_not_awarded ON price_query;
CREATE TRIGGER price_not_awarded BEFORE INSERT ON price_query FOR EACH ROW EXECUTE FUNCTION price_not_awarded();
