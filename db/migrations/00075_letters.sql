-- +goose Up
-- Whether every bidder is told why the awarded offer has its scores: an assessment summary explains the scores of the most advantageous
-- tender too (Procurement Act 2023, s 50; Procurement Regulations 2024 (SI 2024/692), reg 31). PCR 2015 reg 55(2) asks for the relative
-- advantages of the awarded tender, which its scores tell.
ALTER TABLE regime ADD COLUMN winner_reasons boolean NOT NULL DEFAULT false;
UPDATE regime SET winner_reasons = true WHERE code IN ('PA_DYNAMIC_MARKET', 'PA_OPEN_FRAMEWORK');

-- +goose Down
ALTER TABLE regime DROP COLUMN winner_reasons;
