package resolvers

import (
	"context"
	"fmt"
	"reflect"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

// nodes are the types that `node` reads, by the kind of their ids.
var nodes = map[string]nodeReader{
	idkind.Application:   node(applicationByID),
	idkind.Award:         node(awardByID),
	idkind.Evidence:      node(evidenceByID),
	idkind.FeedbackWords: node(feedbackWordsByID),
	idkind.Lot:           node(lotByID),
	idkind.Market:        node(marketByID),
	idkind.Membership:    node(membershipByID),
	idkind.Need:          node(needByID),
	idkind.Offer:         node(offerByID),
	idkind.Organisation:  node(organisationByID),
	idkind.Placement:     node(placementByID),
	idkind.Provider:      node(providerByID),
	idkind.Setting:       node(settingByID),
}

// nodeReader reads a Node of one type.
type nodeReader struct {
	typ  string
	read func(context.Context, uuid.UUID) (market.Node, error)
}

// node reads an object by its id as a Node, as every other way to it does.
func node[T any, P interface {
	*T
	market.Node
}](byID *levels.Loader[uuid.UUID, *T]) nodeReader {
	return nodeReader{reflect.TypeFor[T]().Name(), func(ctx context.Context, id uuid.UUID) (market.Node, error) {
		found, err := byID.Load(ctx, id)
		if err != nil || found == nil {
			return nil, err
		}
		return P(found), nil
	}}
}

// readNode gives nothing for an id whose kind is not a Node.
func readNode(ctx context.Context, id market.ID) (market.Node, error) {
	if reader, ok := nodes[id.Kind]; ok {
		return reader.read(ctx, id.UUID)
	}
	return nil, nil
}

// checkNodes says which type of the schema implements Node but cannot be read as one.
func checkNodes(schema *ast.Schema) error {
	readable := map[string]bool{}
	for _, reader := range nodes {
		readable[reader.typ] = true
	}
	for _, def := range schema.GetPossibleTypes(schema.Types["Node"]) {
		if !readable[def.Name] {
			return fmt.Errorf("%s implements Node: add its kind of id to nodes", def.Name)
		}
	}
	return nil
}

// ids are the UUIDs that representations of entities of one kind name. An id of another kind names nothing.
func ids[T any](kind string, representations []T, of func(T) market.ID) []uuid.UUID {
	all := make([]uuid.UUID, len(representations))
	for i, r := range representations {
		if id := of(r); id.Kind == kind {
			all[i] = id.UUID
		}
	}
	return all
}
