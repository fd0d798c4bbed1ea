// Package levels answers a query one level at a time.
//
// A level is all objects of an answer that are equally deep. For each field of a level that has to be read there is one loader, which is
// asked for the keys of all objects first and reads them in one statement then. So what a page costs depends on its selection alone: not
// on how many objects it has, and on no clock.
//
//	{ needs { edges { node { offers { provider { name } } invitations { provider { name } } } } } }
//
//	root      needs          a statement of the resolver's own
//	level 3   Need           offers: OffersOfNeeds(its needs), invitations: InvitationsOfNeeds(its needs)
//	level 4   Offer,         provider: ProvidersByID(of both), once each
//	          Invitation
//	level 5   Provider       name: is in the row
//
// An Edge says how one field is read: by which key of its object, with which function of the database. Edges are data, one a line:
//
//	var providerByID = levels.ByID(directory.ProvidersByID)
//
//	var edges = levels.EdgesOf(
//		levels.One("Offer.provider", func(o *market.Offer) uuid.UUID { return o.ProviderID }, providerByID),
//		levels.Many("Need.offers", id[market.Need], tendering.OffersOfNeeds),
//		levels.Page("Lot.members", id[market.Lot], admission.MembersOfLots),
//	)
//
// New compares them with the schema, and a fault says what to do, so that none is met by a caller.
//
// The way of a root field, in the order of the files:
//
//	executor.go   the hooks of gqlgen; the loop over the levels
//	plan.go       what is selected of a Go type, and where each value comes from; kept with the operation
//	group.go      objects of one Go type of a level, their values and the objects below them
//	edge.go       how a field is read for a group
//	loader.go     keys asked for, statements, what they gave
//	budget.go     how many values an operation may return
//	writer.go     the answer as JSON
//
// gqlgen does whatever is irregular: errors, with their paths; nothing where something must be; fields at the root that are never null.
// It then calls the resolvers, object by object, and they find with Resolve what was read here.
package levels
