package years

import (
	"context"
	"strings"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/registers"
)

// ImportInspection takes in a list of children's homes, as Ofsted offers it, in which one was inspected on a day. It needs a handle with
// the
// importer's login.
func ImportInspection(ctx context.Context, importer *db.DB, urn, found string, on time.Time) error {
	columns, err := registers.ReadColumnMap(strings.NewReader(demo.OfstedMap))
	if err != nil {
		return err
	}
	list, err := registers.OpenOfsted(demo.OfstedFileOn(urn, found, on), columns, market.LondonDate(on))
	if err != nil {
		return err
	}
	_, err = directory.ImportDirectory(ctx, importer, list.Directory())
	return err
}
