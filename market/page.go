package market

import "sync"

// Connection is a page of a list, as Relay shapes it.
type Connection[T any] struct {
	Edges    []*Edge[T]
	PageInfo PageInfo
}

// Edge is one item of a page. Its cursor is made on demand, because most cursors are never read.
type Edge[T any] struct {
	Node     *T
	Position *Cursor
}

// Cursor is the start of a page that follows the item.
func (e *Edge[T]) Cursor() (string, error) { return e.Position.cursorText() }

// Cursor is a place in a list where a page can end. It knows how to make its cursor.
type Cursor struct {
	Encode func() (string, error)

	once    sync.Once
	encoded string
	err     error
}

func (c *Cursor) cursorText() (string, error) {
	c.once.Do(func() { c.encoded, c.err = c.Encode() })
	return c.encoded, c.err
}

// PageInfo says where a page begins and ends.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	First, Last     *Cursor // nil for an empty page
}

// StartCursor is the cursor of the first item; nil for an empty page.
func (p *PageInfo) StartCursor() (*string, error) { return p.First.optionalText() }

// EndCursor is the cursor of the last item; nil for an empty page.
func (p *PageInfo) EndCursor() (*string, error) { return p.Last.optionalText() }

func (c *Cursor) optionalText() (*string, error) {
	if c == nil {
		return nil, nil
	}
	text, err := c.cursorText()
	return &text, err
}

// MaxPageSize is the limit of the argument `first` of every list, and DefaultPageSize its default.
const (
	MaxPageSize     = 100
	DefaultPageSize = 20
)

// Page is what a caller wants of a list: how many items, after which cursor ("" for the start).
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
	if page.First < 1 || page.First > MaxPageSize {
		return page, RefuseField(Invalid, "first", "`first` must be between 1 and %d.", MaxPageSize)
	}
	if after != nil {
		page.After = *after
	}
	return page, nil
}
