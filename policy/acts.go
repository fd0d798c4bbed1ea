package policy

// Command is what an act needs of a table.
type Command string

// The commands that PostgreSQL grants and guards by row.
const (
	Select Command = "SELECT"
	Insert Command = "INSERT"
	Update Command = "UPDATE"
	Delete Command = "DELETE"
)

// Touch is one table that an act needs, and how.
type Touch struct {
	Table   string
	Command Command
}

// acts says for each act which tables it touches: the source of grants and of row-level security.
// Reading is listed by object; a table belongs to exactly one object that reads it.
var acts = map[Act][]Touch{
	"organisation.read":      {{"organisation", Select}},
	"delegation.read":        {{"delegation", Select}},
	"delegation.give":        {{"delegation", Insert}},
	"delegation.withdraw":    {{"delegation", Update}},
	"market.read":            {{"market", Select}, {"regime", Select}, {"procedure", Select}, {"admission_terms", Select}, {"evidence_kind", Select}},
	"lot.read":               {{"lot", Select}, {"criterion", Select}, {"lot_evidence", Select}},
	"lot.create":             {{"lot", Insert}, {"criterion", Insert}},
	"lot.publish":            {{"lot", Update}},
	"lot.ask":                {{"lot_evidence", Insert}},
	"provider.read":          {{"provider", Select}},
	"setting.read":           {{"setting", Select}, {"inspection", Select}, {"outcode", Select}, {"place_key", Select}, {"place", Select}},
	"address.read":           {{"setting_address", Select}},
	"evidence.read":          {{"evidence", Select}, {"evidence_warning", Select}},
	"evidence.record":        {{"evidence", Insert}},
	"evidence.reject":        {{"evidence", Update}},
	"evidence.warn":          {{"evidence_warning", Insert}},
	"application.read":       {{"application", Select}, {"application_question", Select}, {"application_appeal", Select}},
	"application.submit":     {{"application", Insert}},
	"application.decide":     {{"application", Update}, {"membership", Insert}, {"membership_step", Insert}},
	"application.ask":        {{"application_question", Insert}},
	"application.answer":     {{"application_question", Update}},
	"application.extend":     {{"application", Update}},
	"application.appeal":     {{"application_appeal", Insert}},
	"application.review":     {{"application_appeal", Update}, {"membership", Insert}, {"membership_step", Insert}},
	"membership.read":        {{"membership", Select}},
	"membership.suspend":     {{"membership", Update}, {"membership_step", Insert}},
	"membership.remove":      {{"membership", Update}, {"membership_step", Insert}},
	"membership.answer":      {{"membership_step", Insert}},
	"membership.leave":       {{"membership", Update}, {"membership_step", Insert}},
	"membership.lapse":       {{"membership", Update}, {"membership_step", Insert}},
	"membership_step.read":   {{"membership_step", Select}},
	"need.read":              {{"need", Select}, {"need_change", Select}, {"need_link", Select}},
	"need.create":            {{"need", Insert}, {"need_ceiling", Insert}},
	"need.publish":           {{"need", Update}, {"invitation", Insert}},
	"need.amend":             {{"need", Update}, {"need_change", Insert}, {"invitation", Insert}, {"need_ceiling", Insert}, {"need_ceiling", Update}},
	"need.withdraw":          {{"need", Update}},
	"need.link":              {{"need_link", Insert}},
	"need.close":             {{"need", Update}},
	"ceiling.read":           {{"need_ceiling", Select}},
	"panel.read":             {{"panel_decision", Select}},
	"panel.record":           {{"panel_decision", Insert}, {"panel_decision", Update}},
	"identity.read":          {{"need_identity", Select}},
	"identity.record":        {{"need_identity", Insert}, {"need_identity", Update}},
	"invitation.read":        {{"invitation", Select}, {"chase", Select}},
	"invitation.chase":       {{"chase", Insert}},
	"invitation.answer":      {{"invitation", Update}},
	"clarification.read":     {{"clarification", Select}},
	"clarification.ask":      {{"clarification", Insert}, {"clarification_asker", Select}, {"clarification_asker", Insert}},
	"clarification.answer":   {{"clarification", Update}},
	"sealed.read":            {{"sealed_offer", Select}, {"sealed_part", Select}},
	"offer.submit":           {{"sealed_offer", Insert}, {"sealed_offer", Update}, {"sealed_part", Insert}},
	"offer.withdraw":         {{"sealed_offer", Update}},
	"tally.read":             {{"offer_tally", Select}},
	"offer.open":             {{"opening_approval", Select}, {"opening_approval", Insert}},
	"offer.unseal":           {{"need", Update}, {"opening_approval", Select}, {"offer", Insert}, {"offer_price", Insert}, {"offer_fee", Insert}},
	"offer.read":             {{"offer", Select}},
	"price.read":             {{"offer_price", Select}, {"offer_fee", Select}},
	"suitability.read":       {{"suitability", Select}},
	"suitability.assess":     {{"suitability", Insert}, {"suitability", Update}},
	"score.read":             {{"score", Select}, {"score_sheet", Select}},
	"score.give":             {{"score", Insert}, {"score", Update}, {"score_sheet", Insert}},
	"score.lock":             {{"score_sheet", Update}},
	"moderation.read":        {{"moderation", Select}},
	"moderation.agree":       {{"moderation", Insert}, {"moderation", Update}},
	"moderation.lock":        {},
	"ranking.read":           {{"ranking", Select}},
	"ranking.rank":           {{"ranking", Select}, {"ranking", Insert}, {"need", Update}},
	"preference.read":        {{"preference", Select}},
	"preference.enter":       {{"preference", Insert}},
	"preference.give":        {{"preference", Insert}},
	"preference.answer":      {{"preference", Update}},
	"award.read":             {{"award", Select}},
	"award.propose":          {{"award", Insert}},
	"award.approve":          {{"award", Update}, {"letter", Insert}},
	"award.reject":           {{"award", Update}},
	"award.lapse":            {{"award", Update}},
	"award.respond":          {{"award", Update}, {"placement", Insert}, {"agreement", Insert}},
	"letter.read":            {{"letter", Select}},
	"placement.read":         {{"placement", Select}},
	"placement.start":        {{"placement", Update}},
	"agreement.read":         {{"agreement", Select}},
	"agreement.sign":         {{"agreement", Update}},
	"family_invitation.read": {{"family_invitation", Select}},
	"family_invitation.send": {{"family_invitation", Insert}},
	"family_invitation.use":  {{"family_invitation", Update}},
	"feedback.give":          {{"rating_waiting", Insert}, {"feedback_words", Insert}},
	"words.read":             {{"feedback_words", Select}},
	"words.decide":           {{"feedback_words", Update}},
	"question.read":          {{"question", Select}},
	"rating.read":            {{"rating", Select}},
	"rating.mix":             {{"rating_waiting", Select}, {"rating_waiting", Delete}, {"rating", Insert}},
	"event.read":             {{"event", Select}},
	"event.seal":             {{"event", Select}, {"event_seal", Select}, {"event_seal", Insert}, {"event_head", Select}, {"event_head", Insert}},
	"event.write":            {{"event", Insert}},
	"idempotency.keep":       {{"idempotency", Select}, {"idempotency", Insert}},
}
