DO $$ DECLARE bulk regclass; BEGIN FOR bulk IN SELECT name FROM peer.bulk LOOP EXECUTE 'REINDEX TABLE ' || bulk; END LOOP; END $$;

ANALYZE award, placement, agreement, award_notice;
SELECT owe_notices(ARRAY(SELECT id FROM award));

VACUUM ANALYZE;
