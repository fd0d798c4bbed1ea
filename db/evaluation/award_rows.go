package evaluation

const AwardRows = `SELECT a.id, a.need_id, a.authority_id, a.offer_id, a.provider_id, a.setting_id, a.route, a.reason, a.proposed_at, a.proposed_by,
	a.approved_at, a.standstill_ends, a.accept_by, a.rejected_at, a.reject_reason, a.accepted_at, a.declined_at, a.decline_reason, a.lapsed_at, (SELECT dps.now()) AS as_of FROM award a`
