package market

// Connection is a page of a list, as Relay shapes it.
type Connection[T any] struct {
	Edges    []*Edge[T]
	PageInfo PageInfo
}

// Edge is one item of a page, with its cursor.
type Edge[T any] struct {
	Cursor string
	Node   *T
}

// PageInfo says where a page begins and ends.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

// PageSize bounds and DefaultPageSize fills the argument `first` of every list.
const (
	PageSize        = 100
	DefaultPageSize = 20
)

// Page is what a caller asks of a list: how many, after which cursor ("" for the start).
type Page struct {
	First int
	After string
}

// NewPage reads the arguments of a list.
func NewPage(first *int, after *string) (Page, error) {
	page := Page{First: DefaultPageSize}
	if first != nil {
		page.First = *first
	}
	if page.First < 1 || page.First > PageSize {
		return page, RefuseField(Invalid, "first", "Ask for 1 to %d at a time.", PageSize)
	}
	if after != nil {
		page.After = *after
	}
	return page, nil
}
