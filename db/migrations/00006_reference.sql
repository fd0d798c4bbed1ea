-- +goose Up
-- Law and codes are data, each in one place, with their source: a change of law is a new migration here, not a change of program.

INSERT INTO regime VALUES
('PCR_DPS', 'Dynamic purchasing system', 'Public Contracts Regulations 2015, reg 34; no new system since 24 February 2025',
 false, 30, 10, 10, 10, false, false, true),
('PCR_LIGHT_TOUCH', 'Light-touch dynamic purchasing system', 'Public Contracts Regulations 2015, regs 74 to 76; no new system since 24 February 2025',
 false, 0, 10, 10, 10, false, false, true),
('PA_DYNAMIC_MARKET', 'Dynamic market', 'Procurement Act 2023, ss 34 to 40; assessment summaries s 50; light-touch standstill s 51',
 true, 0, 10, 10, 8, true, false, true),
('PA_OPEN_FRAMEWORK', 'Light-touch open framework', 'Procurement Act 2023, ss 45 to 49; assessment summaries s 50; light-touch standstill s 51',
 true, 0, 10, 10, 8, true, false, false);

INSERT INTO procedure VALUES
('MATCHING', 1, 1, false, false, true),
('SCORED', 2, 2, true, true, false);

INSERT INTO question VALUES
('PARENT', 'WELCOME', 1, 'My child is welcome there and staff know them well.'),
('PARENT', 'SAFE', 2, 'My child is safe there.'),
('PARENT', 'PROGRESS', 3, 'My child makes progress in what matters to us.'),
('PARENT', 'TOLD', 4, 'We are told how things go, and listened to.'),
('YOUNG_PERSON', 'WELCOME', 1, 'People are kind to me here.'),
('YOUNG_PERSON', 'SAFE', 2, 'I feel safe here.'),
('YOUNG_PERSON', 'PROGRESS', 3, 'I am learning things that I want to learn.'),
('YOUNG_PERSON', 'TOLD', 4, 'People listen to me.');

-- +goose Down
DELETE FROM question; DELETE FROM procedure; DELETE FROM regime;
