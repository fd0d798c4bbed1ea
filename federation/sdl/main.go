// Command sdl prints the service's subgraph as a gateway reads it, `_service { sdl }`, without a database.
//
//	go run ./federation/sdl | node federation/compose.mjs
package main

import (
	"fmt"
	"log"

	"github.com/99designs/gqlgen/client"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/transport"

	"github.com/southeasttogether/dps/graph"
)

func main() {
	log.SetFlags(0)
	sdl, err := subgraphSDL()
	if err != nil {
		log.Fatalf("the subgraph's schema: %v", err)
	}
	fmt.Println(sdl)
}

// subgraphSDL asks the executable schema itself, so that what is composed is what is served. No resolver of ours runs.
func subgraphSDL() (string, error) {
	server := handler.New(graph.NewExecutableSchema(graph.Config{}))
	server.AddTransport(transport.POST{})
	server.Use(extension.Introspection{}) // gqlgen counts the subgraph's schema as introspection
	var answer struct {
		Service struct{ SDL string } `json:"_service"`
	}
	err := client.New(server).Post(`{ _service { sdl } }`, &answer)
	return answer.Service.SDL, err
}
