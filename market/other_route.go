package market

// Route is a way to a place.
type Route string

// The routes to a place.
const (
	RouteCompetition        Route = "COMPETITION"
	RouteUrgent             Route = "URGENT"
	RouteParentalPreference Route = "PARENTAL_PREFERENCE"
	RouteTribunal           Route = "TRIBUNAL"
	RouteUserChoice         Route = "USER_CHOICE"
	RouteSpot               Route = "SPOT"
)

// Routes are all routes, in the order in which they are shown.
var Routes = []Route{RouteCompetition, RouteUrgent, RouteParentalPreference, RouteTribunal, RouteUserChoice, RouteSpot}

// familyRouteWords say in plain words how a place was found.
var familyRouteWords = map[Route]string{
	RouteCompetition:        "We asked schools and homes what they could offer, and chose the place that fits best.",
	RouteUrgent:             "A place was needed at once, so we asked by telephone who had one.",
	RouteParentalPreference: "You asked for this school, and we agreed to it.",
	RouteTribunal:           "A tribunal decided on this place.",
	RouteUserChoice:         "You told us who should give this support, and we went to them directly.",
	RouteSpot:               "We went to this place directly, without asking others first.",
}

// RouteWordsForFamily is how a place was found, as a family is told.
func RouteWordsForFamily(r Route) string { return familyRouteWords[r] }
