-- +goose Up
-- What belongs to a need is asked for by the need: by the reader of one need or of a page of them, by the keeper, who opens and ranks for
-- any authority, and by the functions that the owner lends to others. Indexes that begin with the authority served only readers of that
-- authority: for all others PostgreSQL read the whole table. These begin with the need, and go on with the authority, which row security
-- asks for and a succession changes.

-- Who was invited to a need, by provider; need_amended clears their answers. Whose turn it is to answer is asked by need too.
DROP INDEX invitation_need;
CREATE INDEX invitation_need ON invitation (need_id, authority_id, provider_id);
-- The reminders of a need, the latest first.
DROP INDEX chase_need;
CREATE INDEX chase_need ON chase (need_id, authority_id, sent_at);
-- How many offers a need has, from the index alone.
DROP INDEX offer_tally_need;
CREATE INDEX offer_tally_need ON offer_tally (need_id, authority_id) INCLUDE (shown);
-- The opened offers of a need: its readers, and the keeper who assesses and ranks them.
DROP INDEX offer_need;
CREATE INDEX offer_need ON offer (need_id, authority_id, id);
DROP INDEX offer_price_need;
CREATE INDEX offer_price_need ON offer_price (need_id, authority_id);
-- How many officers have said "open" to a need, and whose word falls with a declared interest (interest_after_word).
CREATE INDEX opening_approval_need ON opening_approval (need_id, stage);
-- The checks of a need's offers.
DROP INDEX suitability_need;
CREATE INDEX suitability_need ON suitability (need_id, authority_id);
-- Whether as many sheets of a need are locked as its procedure asks for (scores_locked), from the index alone.
CREATE INDEX score_sheet_need ON score_sheet (need_id, authority_id, person) INCLUDE (locked_at);
-- An evaluator's scores of a need's offers, before the sheet is locked; everybody's, when the keeper ranks.
DROP INDEX score_need;
CREATE INDEX score_need ON score (need_id, authority_id, person);
-- The agreed scores of a need's offers.
DROP INDEX moderation_need;
CREATE INDEX moderation_need ON moderation (need_id, authority_id);
-- The order of a need's offers, which the keeper supersedes when a price falls; and an offer's places in earlier orders.
DROP INDEX ranking_need;
CREATE INDEX ranking_need ON ranking (need_id, authority_id, rank);
CREATE INDEX ranking_earlier ON ranking (offer_id, superseded_at DESC) WHERE superseded_at IS NOT NULL;
-- What the family of a need would like (award_after_naming), and what was decided on it.
DROP INDEX preference_need;
CREATE INDEX preference_need ON preference (need_id, authority_id);
DROP INDEX naming_need;
CREATE INDEX naming_need ON naming (need_id, authority_id);
-- The awards of a need, live or not.
DROP INDEX award_authority;
CREATE INDEX award_need ON award (need_id, authority_id);
-- Queries about the prices of a need's offers (award_after_prices, and the keeper).
DROP INDEX price_query_need;
CREATE INDEX price_query_need ON price_query (need_id, authority_id);
-- Who is appointed to a need.
DROP INDEX appointment_need;
CREATE INDEX appointment_need ON appointment (need_id, authority_id);
-- On what an award of a need by another route rests, and what was offered by telephone.
DROP INDEX basis_need;
CREATE INDEX basis_need ON basis (need_id, authority_id);
DROP INDEX telephone_offer_need;
CREATE INDEX telephone_offer_need ON telephone_offer (need_id, authority_id, said_at);
-- The unique keys of these begin with the need already.
DROP INDEX interest_need, no_award_authority;

-- What belongs to a provider is asked for by the provider: its applications, the latest first, and whether it has applied to an authority,
-- which says whether that authority reads its evidence.
CREATE INDEX application_provider ON application (provider_id, submitted_at, id);
CREATE INDEX application_applicant ON application (provider_id, authority_id);
-- Whether a provider is a member of any lot, for the same reason.
CREATE INDEX membership_live ON membership (provider_id) WHERE ended_at IS NULL;
-- The members of a lot, first admitted first: a page of thousands.
CREATE INDEX membership_lot ON membership (lot_id, admitted_at, id);
-- Whether an authority has placed a child at a setting, which says whether it reads the address.
CREATE INDEX award_setting ON award (setting_id, authority_id) WHERE approved_at IS NOT NULL;

-- Placements, the latest first. Hundreds begin on one day, so that the id has to run the same way as the day.
DROP INDEX placement_authority, placement_provider;
CREATE INDEX placement_authority ON placement (authority_id, starts_on, id);
CREATE INDEX placement_provider ON placement (provider_id, starts_on, id);

-- What families have said and the safeguarding lead has released, for the authority and the provider that it is about.
CREATE INDEX feedback_words_released ON feedback_words (authority_id, received_at, id) WHERE decision = 'RELEASED';
CREATE INDEX feedback_words_provider ON feedback_words (provider_id, received_at, id) WHERE decision = 'RELEASED';

-- +goose Down
DROP INDEX feedback_words_provider, feedback_words_released;
DROP INDEX placement_provider, placement_authority;
CREATE INDEX placement_authority ON placement (authority_id, starts_on DESC, id);
CREATE INDEX placement_provider ON placement (provider_id, starts_on DESC, id);
DROP INDEX award_setting, membership_lot, membership_live, application_applicant, application_provider;
CREATE INDEX no_award_authority ON no_award (authority_id, need_id);
CREATE INDEX interest_need ON interest (authority_id, need_id);
DROP INDEX telephone_offer_need;
CREATE INDEX telephone_offer_need ON telephone_offer (authority_id, need_id);
DROP INDEX basis_need;
CREATE INDEX basis_need ON basis (authority_id, need_id);
DROP INDEX appointment_need;
CREATE INDEX appointment_need ON appointment (authority_id, need_id);
DROP INDEX price_query_need;
CREATE INDEX price_query_need ON price_query (authority_id, need_id);
DROP INDEX award_need;
CREATE INDEX award_authority ON award (authority_id, need_id);
DROP INDEX naming_need;
CREATE INDEX naming_need ON naming (authority_id, need_id);
DROP INDEX preference_need;
CREATE INDEX preference_need ON preference (authority_id, need_id);
DROP INDEX ranking_earlier, ranking_need;
CREATE INDEX ranking_need ON ranking (authority_id, need_id, rank);
DROP INDEX moderation_need;
CREATE INDEX moderation_need ON moderation (authority_id, need_id);
DROP INDEX score_need;
CREATE INDEX score_need ON score (authority_id, need_id);
DROP INDEX score_sheet_need;
DROP INDEX suitability_need;
CREATE INDEX suitability_need ON suitability (authority_id, need_id);
DROP INDEX opening_approval_need;
DROP INDEX offer_price_need;
CREATE INDEX offer_price_need ON offer_price (authority_id, need_id);
DROP INDEX offer_need;
CREATE INDEX offer_need ON offer (authority_id, need_id, id);
DROP INDEX offer_tally_need;
CREATE INDEX offer_tally_need ON offer_tally (authority_id, need_id);
DROP INDEX chase_need;
CREATE INDEX chase_need ON chase (authority_id, need_id, sent_at);
DROP INDEX invitation_need;
CREATE INDEX invitation_need ON invitation (authority_id, need_id);
