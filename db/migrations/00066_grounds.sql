-- +goose Up
-- The lots in which the caller's provider is an active member now, by the market's clock. What a provider reads of needs ends when its
-- membership does (policy/scopes.go).
-- +goose StatementBegin
CREATE FUNCTION member_lots() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dps, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(m.lot_id), '{}') FROM membership m WHERE m.provider_id = org() AND m.ended_at IS NULL
        AND m.lapsed_at IS NULL AND (m.suspended_at IS NULL OR m.suspended_until <= dps.now()));
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION member_lots();
