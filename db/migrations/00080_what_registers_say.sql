-- +goose Up
-- What a register leaves blank is unknown, and unknown is a value of its own: null, never none or no.
ALTER TABLE setting
    ALTER section41 DROP NOT NULL, ALTER section41 DROP DEFAULT,
    ALTER age_low DROP NOT NULL,
    ALTER age_high DROP NOT NULL,
    ALTER needs DROP NOT NULL,
    ALTER places DROP NOT NULL,
    ALTER vacancies DROP NOT NULL,
    ALTER vacancies_at DROP NOT NULL;
-- Until now a blank was kept as none. The next import says which are none.
UPDATE setting SET vacancies = NULL, vacancies_at = NULL, places = nullif(places, 0), needs = nullif(needs, '{}') WHERE imported_at IS NOT NULL;

-- A setting whose closure is announced is open until then.
DROP INDEX setting_unclaimed;
CREATE INDEX setting_unclaimed ON setting (name, id) WHERE provider_id IS NULL;

-- What a provider says that its setting meets, apart from what the register says.
CREATE TABLE declared_needs (
    setting_id  uuid PRIMARY KEY REFERENCES setting,
    needs       text[] NOT NULL CHECK (cardinality(needs) > 0),
    declared_at timestamptz NOT NULL DEFAULT dps.now()
);

-- Local authorities of England with their DfE codes, and the districts whose children they place.
CREATE TABLE local_authority (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{3}$'),
    name text NOT NULL UNIQUE
);
CREATE TABLE district (
    code            text PRIMARY KEY CHECK (code ~ '^E0[6-9][0-9]{6}$'),
    name            text NOT NULL UNIQUE,
    local_authority text NOT NULL REFERENCES local_authority
);
-- An area's name as it is compared: "Brighton & Hove City Council" is "Brighton and Hove", and "Bristol" is "Bristol, City of".
CREATE FUNCTION fold_area(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT btrim(regexp_replace(regexp_replace(translate(replace(lower(name), '&', ' and '), '’''', ''), '[^a-z0-9]+', ' ', 'g'),
        '^(london borough of|royal borough of|city of|county of|borough of) | (city of|county of|borough of) ?$'
        '|( city| county| borough| district| metropolitan)* council ?$', '', 'g'))
$$;
-- Sources: ONS, names and codes of local authority districts, April 2023; DfE, codes of local authorities (check).
INSERT INTO local_authority VALUES
('201', 'City of London'), ('202', 'Camden'), ('203', 'Greenwich'), ('204', 'Hackney'), ('205', 'Hammersmith and Fulham'),
('206', 'Islington'), ('207', 'Kensington and Chelsea'), ('208', 'Lambeth'), ('209', 'Lewisham'), ('210', 'Southwark'),
('211', 'Tower Hamlets'), ('212', 'Wandsworth'), ('213', 'Westminster'), ('301', 'Barking and Dagenham'), ('302', 'Barnet'),
('303', 'Bexley'), ('304', 'Brent'), ('305', 'Bromley'), ('306', 'Croydon'), ('307', 'Ealing'), ('308', 'Enfield'), ('309', 'Haringey'),
('310', 'Harrow'), ('311', 'Havering'), ('312', 'Hillingdon'), ('313', 'Hounslow'), ('314', 'Kingston upon Thames'), ('315', 'Merton'),
('316', 'Newham'), ('317', 'Redbridge'), ('318', 'Richmond upon Thames'), ('319', 'Sutton'), ('320', 'Waltham Forest'),
('330', 'Birmingham'), ('331', 'Coventry'), ('332', 'Dudley'), ('333', 'Sandwell'), ('334', 'Solihull'), ('335', 'Walsall'),
('336', 'Wolverhampton'), ('340', 'Knowsley'), ('341', 'Liverpool'), ('342', 'St. Helens'), ('343', 'Sefton'), ('344', 'Wirral'),
('350', 'Bolton'), ('351', 'Bury'), ('352', 'Manchester'), ('353', 'Oldham'), ('354', 'Rochdale'), ('355', 'Salford'),
('356', 'Stockport'), ('357', 'Tameside'), ('358', 'Trafford'), ('359', 'Wigan'), ('370', 'Barnsley'), ('371', 'Doncaster'),
('372', 'Rotherham'), ('373', 'Sheffield'), ('380', 'Bradford'), ('381', 'Calderdale'), ('382', 'Kirklees'), ('383', 'Leeds'),
('384', 'Wakefield'), ('390', 'Gateshead'), ('391', 'Newcastle upon Tyne'), ('392', 'North Tyneside'), ('393', 'South Tyneside'),
('394', 'Sunderland'), ('420', 'Isles of Scilly'), ('800', 'Bath and North East Somerset'), ('801', 'Bristol, City of'),
('802', 'North Somerset'), ('803', 'South Gloucestershire'), ('805', 'Hartlepool'), ('806', 'Middlesbrough'),
('807', 'Redcar and Cleveland'), ('808', 'Stockton-on-Tees'), ('810', 'Kingston upon Hull, City of'),
('811', 'East Riding of Yorkshire'), ('812', 'North East Lincolnshire'), ('813', 'North Lincolnshire'), ('815', 'North Yorkshire'),
('816', 'York'), ('821', 'Luton'), ('822', 'Bedford'), ('823', 'Central Bedfordshire'), ('825', 'Buckinghamshire'),
('826', 'Milton Keynes'), ('830', 'Derbyshire'), ('831', 'Derby'), ('838', 'Dorset'), ('839', 'Bournemouth, Christchurch and Poole'),
('840', 'County Durham'), ('841', 'Darlington'), ('845', 'East Sussex'), ('846', 'Brighton and Hove'), ('850', 'Hampshire'),
('851', 'Portsmouth'), ('852', 'Southampton'), ('855', 'Leicestershire'), ('856', 'Leicester'), ('857', 'Rutland'),
('860', 'Staffordshire'), ('861', 'Stoke-on-Trent'), ('865', 'Wiltshire'), ('866', 'Swindon'), ('867', 'Bracknell Forest'),
('868', 'Windsor and Maidenhead'), ('869', 'West Berkshire'), ('870', 'Reading'), ('871', 'Slough'), ('872', 'Wokingham'),
('873', 'Cambridgeshire'), ('874', 'Peterborough'), ('876', 'Halton'), ('877', 'Warrington'), ('878', 'Devon'), ('879', 'Plymouth'),
('880', 'Torbay'), ('881', 'Essex'), ('882', 'Southend-on-Sea'), ('883', 'Thurrock'), ('884', 'Herefordshire, County of'),
('885', 'Worcestershire'), ('886', 'Kent'), ('887', 'Medway'), ('888', 'Lancashire'), ('889', 'Blackburn with Darwen'),
('890', 'Blackpool'), ('891', 'Nottinghamshire'), ('892', 'Nottingham'), ('893', 'Shropshire'), ('894', 'Telford and Wrekin'),
('895', 'Cheshire East'), ('896', 'Cheshire West and Chester'), ('908', 'Cornwall'), ('916', 'Gloucestershire'),
('919', 'Hertfordshire'), ('921', 'Isle of Wight'), ('925', 'Lincolnshire'), ('926', 'Norfolk'), ('929', 'Northumberland'),
('931', 'Oxfordshire'), ('933', 'Somerset'), ('935', 'Suffolk'), ('936', 'Surrey'), ('937', 'Warwickshire'), ('938', 'West Sussex'),
('940', 'North Northamptonshire'), ('941', 'West Northamptonshire'), ('942', 'Cumberland'), ('943', 'Westmorland and Furness');
INSERT INTO district VALUES
('E06000001', 'Hartlepool', '805'), ('E06000002', 'Middlesbrough', '806'), ('E06000003', 'Redcar and Cleveland', '807'),
('E06000004', 'Stockton-on-Tees', '808'), ('E06000005', 'Darlington', '841'), ('E06000006', 'Halton', '876'),
('E06000007', 'Warrington', '877'), ('E06000008', 'Blackburn with Darwen', '889'), ('E06000009', 'Blackpool', '890'),
('E06000010', 'Kingston upon Hull, City of', '810'), ('E06000011', 'East Riding of Yorkshire', '811'),
('E06000012', 'North East Lincolnshire', '812'), ('E06000013', 'North Lincolnshire', '813'), ('E06000014', 'York', '816'),
('E06000015', 'Derby', '831'), ('E06000016', 'Leicester', '856'), ('E06000017', 'Rutland', '857'), ('E06000018', 'Nottingham', '892'),
('E06000019', 'Herefordshire, County of', '884'), ('E06000020', 'Telford and Wrekin', '894'), ('E06000021', 'Stoke-on-Trent', '861'),
('E06000022', 'Bath and North East Somerset', '800'), ('E06000023', 'Bristol, City of', '801'), ('E06000024', 'North Somerset', '802'),
('E06000025', 'South Gloucestershire', '803'), ('E06000026', 'Plymouth', '879'), ('E06000027', 'Torbay', '880'),
('E06000030', 'Swindon', '866'), ('E06000031', 'Peterborough', '874'), ('E06000032', 'Luton', '821'),
('E06000033', 'Southend-on-Sea', '882'), ('E06000034', 'Thurrock', '883'), ('E06000035', 'Medway', '887'),
('E06000036', 'Bracknell Forest', '867'), ('E06000037', 'West Berkshire', '869'), ('E06000038', 'Reading', '870'),
('E06000039', 'Slough', '871'), ('E06000040', 'Windsor and Maidenhead', '868'), ('E06000041', 'Wokingham', '872'),
('E06000042', 'Milton Keynes', '826'), ('E06000043', 'Brighton and Hove', '846'), ('E06000044', 'Portsmouth', '851'),
('E06000045', 'Southampton', '852'), ('E06000046', 'Isle of Wight', '921'), ('E06000047', 'County Durham', '840'),
('E06000049', 'Cheshire East', '895'), ('E06000050', 'Cheshire West and Chester', '896'), ('E06000051', 'Shropshire', '893'),
('E06000052', 'Cornwall', '908'), ('E06000053', 'Isles of Scilly', '420'), ('E06000054', 'Wiltshire', '865'),
('E06000055', 'Bedford', '822'), ('E06000056', 'Central Bedfordshire', '823'), ('E06000057', 'Northumberland', '929'),
('E06000058', 'Bournemouth, Christchurch and Poole', '839'), ('E06000059', 'Dorset', '838'), ('E06000060', 'Buckinghamshire', '825'),
('E06000061', 'North Northamptonshire', '940'), ('E06000062', 'West Northamptonshire', '941'), ('E06000063', 'Cumberland', '942'),
('E06000064', 'Westmorland and Furness', '943'), ('E06000065', 'North Yorkshire', '815'), ('E06000066', 'Somerset', '933'),
('E07000008', 'Cambridge', '873'), ('E07000009', 'East Cambridgeshire', '873'), ('E07000010', 'Fenland', '873'),
('E07000011', 'Huntingdonshire', '873'), ('E07000012', 'South Cambridgeshire', '873'), ('E07000032', 'Amber Valley', '830'),
('E07000033', 'Bolsover', '830'), ('E07000034', 'Chesterfield', '830'), ('E07000035', 'Derbyshire Dales', '830'),
('E07000036', 'Erewash', '830'), ('E07000037', 'High Peak', '830'), ('E07000038', 'North East Derbyshire', '830'),
('E07000039', 'South Derbyshire', '830'), ('E07000040', 'East Devon', '878'), ('E07000041', 'Exeter', '878'),
('E07000042', 'Mid Devon', '878'), ('E07000043', 'North Devon', '878'), ('E07000044', 'South Hams', '878'),
('E07000045', 'Teignbridge', '878'), ('E07000046', 'Torridge', '878'), ('E07000047', 'West Devon', '878'),
('E07000061', 'Eastbourne', '845'), ('E07000062', 'Hastings', '845'), ('E07000063', 'Lewes', '845'), ('E07000064', 'Rother', '845'),
('E07000065', 'Wealden', '845'), ('E07000066', 'Basildon', '881'), ('E07000067', 'Braintree', '881'), ('E07000068', 'Brentwood', '881'),
('E07000069', 'Castle Point', '881'), ('E07000070', 'Chelmsford', '881'), ('E07000071', 'Colchester', '881'),
('E07000072', 'Epping Forest', '881'), ('E07000073', 'Harlow', '881'), ('E07000074', 'Maldon', '881'), ('E07000075', 'Rochford', '881'),
('E07000076', 'Tendring', '881'), ('E07000077', 'Uttlesford', '881'), ('E07000078', 'Cheltenham', '916'),
('E07000079', 'Cotswold', '916'), ('E07000080', 'Forest of Dean', '916'), ('E07000081', 'Gloucester', '916'),
('E07000082', 'Stroud', '916'), ('E07000083', 'Tewkesbury', '916'), ('E07000084', 'Basingstoke and Deane', '850'),
('E07000085', 'East Hampshire', '850'), ('E07000086', 'Eastleigh', '850'), ('E07000087', 'Fareham', '850'),
('E07000088', 'Gosport', '850'), ('E07000089', 'Hart', '850'), ('E07000090', 'Havant', '850'), ('E07000091', 'New Forest', '850'),
('E07000092', 'Rushmoor', '850'), ('E07000093', 'Test Valley', '850'), ('E07000094', 'Winchester', '850'),
('E07000095', 'Broxbourne', '919'), ('E07000096', 'Dacorum', '919'), ('E07000098', 'Hertsmere', '919'),
('E07000099', 'North Hertfordshire', '919'), ('E07000102', 'Three Rivers', '919'), ('E07000103', 'Watford', '919'),
('E07000105', 'Ashford', '886'), ('E07000106', 'Canterbury', '886'), ('E07000107', 'Dartford', '886'), ('E07000108', 'Dover', '886'),
('E07000109', 'Gravesham', '886'), ('E07000110', 'Maidstone', '886'), ('E07000111', 'Sevenoaks', '886'),
('E07000112', 'Folkestone and Hythe', '886'), ('E07000113', 'Swale', '886'), ('E07000114', 'Thanet', '886'),
('E07000115', 'Tonbridge and Malling', '886'), ('E07000116', 'Tunbridge Wells', '886'), ('E07000117', 'Burnley', '888'),
('E07000118', 'Chorley', '888'), ('E07000119', 'Fylde', '888'), ('E07000120', 'Hyndburn', '888'), ('E07000121', 'Lancaster', '888'),
('E07000122', 'Pendle', '888'), ('E07000123', 'Preston', '888'), ('E07000124', 'Ribble Valley', '888'),
('E07000125', 'Rossendale', '888'), ('E07000126', 'South Ribble', '888'), ('E07000127', 'West Lancashire', '888'),
('E07000128', 'Wyre', '888'), ('E07000129', 'Blaby', '855'), ('E07000130', 'Charnwood', '855'), ('E07000131', 'Harborough', '855'),
('E07000132', 'Hinckley and Bosworth', '855'), ('E07000133', 'Melton', '855'), ('E07000134', 'North West Leicestershire', '855'),
('E07000135', 'Oadby and Wigston', '855'), ('E07000136', 'Boston', '925'), ('E07000137', 'East Lindsey', '925'),
('E07000138', 'Lincoln', '925'), ('E07000139', 'North Kesteven', '925'), ('E07000140', 'South Holland', '925'),
('E07000141', 'South Kesteven', '925'), ('E07000142', 'West Lindsey', '925'), ('E07000143', 'Breckland', '926'),
('E07000144', 'Broadland', '926'), ('E07000145', 'Great Yarmouth', '926'), ('E07000146', 'King''s Lynn and West Norfolk', '926'),
('E07000147', 'North Norfolk', '926'), ('E07000148', 'Norwich', '926'), ('E07000149', 'South Norfolk', '926'),
('E07000170', 'Ashfield', '891'), ('E07000171', 'Bassetlaw', '891'), ('E07000172', 'Broxtowe', '891'), ('E07000173', 'Gedling', '891'),
('E07000174', 'Mansfield', '891'), ('E07000175', 'Newark and Sherwood', '891'), ('E07000176', 'Rushcliffe', '891'),
('E07000177', 'Cherwell', '931'), ('E07000178', 'Oxford', '931'), ('E07000179', 'South Oxfordshire', '931'),
('E07000180', 'Vale of White Horse', '931'), ('E07000181', 'West Oxfordshire', '931'), ('E07000192', 'Cannock Chase', '860'),
('E07000193', 'East Staffordshire', '860'), ('E07000194', 'Lichfield', '860'), ('E07000195', 'Newcastle-under-Lyme', '860'),
('E07000196', 'South Staffordshire', '860'), ('E07000197', 'Stafford', '860'), ('E07000198', 'Staffordshire Moorlands', '860'),
('E07000199', 'Tamworth', '860'), ('E07000200', 'Babergh', '935'), ('E07000202', 'Ipswich', '935'), ('E07000203', 'Mid Suffolk', '935'),
('E07000207', 'Elmbridge', '936'), ('E07000208', 'Epsom and Ewell', '936'), ('E07000209', 'Guildford', '936'),
('E07000210', 'Mole Valley', '936'), ('E07000211', 'Reigate and Banstead', '936'), ('E07000212', 'Runnymede', '936'),
('E07000213', 'Spelthorne', '936'), ('E07000214', 'Surrey Heath', '936'), ('E07000215', 'Tandridge', '936'),
('E07000216', 'Waverley', '936'), ('E07000217', 'Woking', '936'), ('E07000218', 'North Warwickshire', '937'),
('E07000219', 'Nuneaton and Bedworth', '937'), ('E07000220', 'Rugby', '937'), ('E07000221', 'Stratford-on-Avon', '937'),
('E07000222', 'Warwick', '937'), ('E07000223', 'Adur', '938'), ('E07000224', 'Arun', '938'), ('E07000225', 'Chichester', '938'),
('E07000226', 'Crawley', '938'), ('E07000227', 'Horsham', '938'), ('E07000228', 'Mid Sussex', '938'), ('E07000229', 'Worthing', '938'),
('E07000234', 'Bromsgrove', '885'), ('E07000235', 'Malvern Hills', '885'), ('E07000236', 'Redditch', '885'),
('E07000237', 'Worcester', '885'), ('E07000238', 'Wychavon', '885'), ('E07000239', 'Wyre Forest', '885'),
('E07000240', 'St Albans', '919'), ('E07000241', 'Welwyn Hatfield', '919'), ('E07000242', 'East Hertfordshire', '919'),
('E07000243', 'Stevenage', '919'), ('E07000244', 'East Suffolk', '935'), ('E07000245', 'West Suffolk', '935'),
('E08000001', 'Bolton', '350'), ('E08000002', 'Bury', '351'), ('E08000003', 'Manchester', '352'), ('E08000004', 'Oldham', '353'),
('E08000005', 'Rochdale', '354'), ('E08000006', 'Salford', '355'), ('E08000007', 'Stockport', '356'), ('E08000008', 'Tameside', '357'),
('E08000009', 'Trafford', '358'), ('E08000010', 'Wigan', '359'), ('E08000011', 'Knowsley', '340'), ('E08000012', 'Liverpool', '341'),
('E08000013', 'St. Helens', '342'), ('E08000014', 'Sefton', '343'), ('E08000015', 'Wirral', '344'), ('E08000017', 'Doncaster', '371'),
('E08000018', 'Rotherham', '372'), ('E08000021', 'Newcastle upon Tyne', '391'), ('E08000022', 'North Tyneside', '392'),
('E08000023', 'South Tyneside', '393'), ('E08000024', 'Sunderland', '394'), ('E08000025', 'Birmingham', '330'),
('E08000026', 'Coventry', '331'), ('E08000027', 'Dudley', '332'), ('E08000028', 'Sandwell', '333'), ('E08000029', 'Solihull', '334'),
('E08000030', 'Walsall', '335'), ('E08000031', 'Wolverhampton', '336'), ('E08000032', 'Bradford', '380'),
('E08000033', 'Calderdale', '381'), ('E08000034', 'Kirklees', '382'), ('E08000035', 'Leeds', '383'), ('E08000036', 'Wakefield', '384'),
('E08000037', 'Gateshead', '390'), ('E08000038', 'Barnsley', '370'), ('E08000039', 'Sheffield', '373'),
('E09000001', 'City of London', '201'), ('E09000002', 'Barking and Dagenham', '301'), ('E09000003', 'Barnet', '302'),
('E09000004', 'Bexley', '303'), ('E09000005', 'Brent', '304'), ('E09000006', 'Bromley', '305'), ('E09000007', 'Camden', '202'),
('E09000008', 'Croydon', '306'), ('E09000009', 'Ealing', '307'), ('E09000010', 'Enfield', '308'), ('E09000011', 'Greenwich', '203'),
('E09000012', 'Hackney', '204'), ('E09000013', 'Hammersmith and Fulham', '205'), ('E09000014', 'Haringey', '309'),
('E09000015', 'Harrow', '310'), ('E09000016', 'Havering', '311'), ('E09000017', 'Hillingdon', '312'), ('E09000018', 'Hounslow', '313'),
('E09000019', 'Islington', '206'), ('E09000020', 'Kensington and Chelsea', '207'), ('E09000021', 'Kingston upon Thames', '314'),
('E09000022', 'Lambeth', '208'), ('E09000023', 'Lewisham', '209'), ('E09000024', 'Merton', '315'), ('E09000025', 'Newham', '316'),
('E09000026', 'Redbridge', '317'), ('E09000027', 'Richmond upon Thames', '318'), ('E09000028', 'Southwark', '210'),
('E09000029', 'Sutton', '319'), ('E09000030', 'Tower Hamlets', '211'), ('E09000031', 'Waltham Forest', '320'),
('E09000032', 'Wandsworth', '212'), ('E09000033', 'Westminster', '213');

-- area_named is the code of the authority of an area that a directory names, district or authority; null where the name is not known.
CREATE OR REPLACE FUNCTION area_named(words text) RETURNS text LANGUAGE sql STABLE SET search_path = dps, pg_temp AS $$
    SELECT coalesce((SELECT a.code FROM local_authority a WHERE fold_area(a.name) = fold_area(words)),
                    (SELECT d.local_authority FROM district d WHERE fold_area(d.name) = fold_area(words))) $$;
DROP TABLE area_name;

-- A judgement below the standard, or one that is not known: it is treated with care until the list of words has it.
ALTER TABLE below_standard ADD unknown boolean NOT NULL DEFAULT false;
INSERT INTO below_standard (scale, value, source) VALUES
('Overall effectiveness', 'Special Measures', 'Education Act 2005, s 44(1): GIAS has it in place of Inadequate (check)'),
('Overall effectiveness', 'Serious Weaknesses', 'Education Act 2005, s 44(2): GIAS has it in place of Inadequate (check)');

-- The places of a setting: of one whose needs nobody has told, each need finds it.
CREATE FUNCTION need_types() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$ SELECT ARRAY[
    'SpLD - Specific Learning Difficulty', 'MLD - Moderate Learning Difficulty', 'SLD - Severe Learning Difficulty',
    'PMLD - Profound and Multiple Learning Difficulty', 'SEMH - Social, Emotional and Mental Health',
    'SLCN - Speech, language and Communication', 'HI - Hearing Impairment', 'VI - Visual Impairment', 'MSI - Multi-Sensory Impairment',
    'PD - Physical Disability', 'ASD - Autistic Spectrum Disorder', 'OTH - Other Difficulty/Disability'] $$;
CREATE OR REPLACE FUNCTION places_of(which uuid[]) RETURNS TABLE (lot_id uuid, need text, setting_id uuid, location point, age_low integer, age_high integer)
LANGUAGE sql AS $$
    SELECT l.lot_id, n.need, s.id, CASE WHEN s.easting IS NOT NULL THEN point(s.easting, s.northing) END, coalesce(s.age_low, 0),
           coalesce(s.age_high, 25)
      FROM dps.setting s
      LEFT JOIN dps.declared_needs d ON d.setting_id = s.id
     CROSS JOIN LATERAL (
            SELECT '00000000-0000-0000-0000-000000000000'::uuid AS lot_id
             UNION SELECT m.lot_id FROM dps.membership m JOIN dps.lot ON lot.id = m.lot_id
                    WHERE m.provider_id = s.provider_id AND m.ended_at IS NULL AND (lot.kind = 'CHILDRENS_HOME') = (s.kind = 'CHILDRENS_HOME')) l
     CROSS JOIN LATERAL (SELECT '' AS need UNION SELECT unnest(s.needs) UNION SELECT unnest(d.needs)
            UNION SELECT unnest(dps.need_types()) WHERE s.needs IS NULL AND d.needs IS NULL) n
     WHERE s.id = ANY (which) AND (s.closed_on IS NULL OR s.closed_on > (dps.now() AT TIME ZONE 'Europe/London')::date)
$$;
-- +goose StatementBegin
CREATE FUNCTION place_declared() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    PERFORM place_again(ARRAY[NEW.setting_id]);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER place_declared AFTER INSERT OR UPDATE ON declared_needs FOR EACH ROW EXECUTE FUNCTION place_declared();
SELECT place_again(ARRAY(SELECT id FROM setting));

-- +goose Down
DROP TABLE declared_needs;
CREATE OR REPLACE FUNCTION places_of(which uuid[]) RETURNS TABLE (lot_id uuid, need text, setting_id uuid, location point, age_low integer, age_high integer)
LANGUAGE sql AS $$
    SELECT l.lot_id, n.need, s.id, CASE WHEN s.easting IS NOT NULL THEN point(s.easting, s.northing) END, s.age_low, s.age_high
      FROM dps.setting s
     CROSS JOIN LATERAL (
            SELECT '00000000-0000-0000-0000-000000000000'::uuid AS lot_id
             UNION SELECT m.lot_id FROM dps.membership m JOIN dps.lot ON lot.id = m.lot_id
                    WHERE m.provider_id = s.provider_id AND m.ended_at IS NULL AND (lot.kind = 'CHILDRENS_HOME') = (s.kind = 'CHILDRENS_HOME')) l
     CROSS JOIN LATERAL (SELECT '' AS need UNION SELECT unnest(s.needs)) n
     WHERE s.id = ANY (which) AND (s.closed_on IS NULL OR s.closed_on > (dps.now() AT TIME ZONE 'Europe/London')::date)
$$;
DROP FUNCTION place_declared(), need_types();
DELETE FROM below_standard WHERE unknown OR value IN ('Special Measures', 'Serious Weaknesses');
ALTER TABLE below_standard DROP unknown;
CREATE TABLE area_name (
    name text PRIMARY KEY CHECK (name = lower(name)),
    code text NOT NULL CHECK (code ~ '^[0-9]{3}$')
);
INSERT INTO area_name SELECT lower(name), code FROM local_authority;
INSERT INTO area_name SELECT lower(name), local_authority FROM district ON CONFLICT DO NOTHING;
CREATE OR REPLACE FUNCTION area_named(words text) RETURNS text LANGUAGE sql STABLE SET search_path = dps, pg_temp
    AS $$ SELECT a.code FROM area_name a WHERE a.name = regexp_replace(replace(lower(btrim(words)), '&', ' and '), '\s+', ' ', 'g') $$;
DROP TABLE district, local_authority;
DROP FUNCTION fold_area(text);
DROP INDEX setting_unclaimed;
CREATE INDEX setting_unclaimed ON setting (name, id) WHERE provider_id IS NULL AND closed_on IS NULL;
UPDATE setting SET section41 = coalesce(section41, false), age_low = coalesce(age_low, 0), age_high = coalesce(age_high, CASE kind WHEN 'SCHOOL' THEN 25 ELSE 17 END),
    needs = coalesce(needs, '{}'), places = coalesce(places, 0), vacancies = coalesce(vacancies, 0), vacancies_at = coalesce(vacancies_at, imported_at, dps.now())
    WHERE num_nulls(section41, age_low, age_high, needs, places, vacancies, vacancies_at) > 0;
SELECT place_again(ARRAY(SELECT id FROM setting));
ALTER TABLE setting
    ALTER section41 SET DEFAULT false, ALTER section41 SET NOT NULL,
    ALTER age_low SET NOT NULL,
    ALTER age_high SET NOT NULL,
    ALTER needs SET NOT NULL,
    ALTER places SET NOT NULL,
    ALTER vacancies SET NOT NULL,
    ALTER vacancies_at SET NOT NULL;
