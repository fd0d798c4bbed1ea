// Package rowset reads the rows of tables that are data: which columns there are, and which fields of the schema need each. What a request
// selects decides what is read, and what comes with it in the same statement: parents, the rows that a row names; and children, the lists
// that belong to it. docs/reading.md tells how a query is answered, and the form of an answer.
//
//	var lots = rowset.New[market.Lot]("lot", "l", rowset.Columns("id"), rowset.Column("name", "name"))
//
//	var needs = rowset.New[market.Need]("need", "n", rowset.Act("need.read"),
//		rowset.Columns("id", "published_at"),                            // always read
//		rowset.Column("deadline", "deadline", "status"),                 // read where one of the two fields is selected
//		rowset.Computed("as_of", "(SELECT dps.now())", "status"),        // an expression
//		rowset.Parent("lot", "lot_id", lots))                            // the field lot is the row of lots that lot_id names
//
//	var offersOfNeeds = rowset.Children(needs, "offers", offers, "need_id", rowset.By("o.id")...)
//
//	found, err := needs.ByID(ctx, view, ids)              // by their ids: no statement for what the request has read
//	lists, err := offersOfNeeds.Read(ctx, view, ids)      // no statement where they came with their needs
//	page, err := rowset.Pages[market.Need]{Table: needs, Name: "needs", Order: []string{"created_at", "id"}}.Page(ctx, view, p)
package rowset
