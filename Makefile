# Everything here runs on a fresh machine with Go, Node and PostgreSQL's binaries; `make help` lists it.

.DEFAULT_GOAL := help
.PHONY: help demo build page test tests races prove chaos bench generate check generated tidy format addresses house lint compose forge clean

help: ## This list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: page ## The story of one need on a private PostgreSQL, then served at http://127.0.0.1:8080. ARGS=--once ends after it.
	go run ./cmd/dps demo $(ARGS)

build: page ## bin/dps, with the GraphiQL page in it.
	go build -o bin/dps ./cmd/dps

# The last file that `npm run assets` copies, so that a copy that broke off is made again.
PAGE := graphiql/assets/react-dom.production.min.js

page: $(PAGE) ## The GraphiQL page's scripts, pinned, from npm; without npm the program has no page and works all the same.

$(PAGE): graphiql/package.json graphiql/package-lock.json
	@cd graphiql && { npm ci --silent && npm run --silent assets; } >/dev/null 2>&1 || \
		echo "The GraphiQL page is left out, because npm or its network is missing; the API works without it."
	@rm -rf graphiql/node_modules

# Where several things happen at once in our own code: the door to the database with its worker, what reads a level of a
# query, keys in files. Their tests run with the race detector, and so do those of e2e that act at once. All
# others ask one thing after the other, and the detector would take a quarter of their time for nothing.
CONCURRENT := ./db ./db/internal/... ./db/ledger ./db/tendering ./resolvers/internal/... ./seal/...
AT_ONCE = $$(awk '/^func / { name = "" } /^func Test/ { name = $$2; sub(/\(.*/, "", name) } \
	/atOnce\(|holdUp\(|go func|\.Go\(/ && name { print "^" name "$$" }' e2e/*_test.go | sort -u | paste -sd '|')
SEQUENTIAL = $$(go list ./... | grep -vxF "$$(go list $(CONCURRENT))" | grep -v '/e2e$$')

test: tests races ## Every test, on real PostgreSQL; with the race detector where things happen at once. FLAGS= for go test.

# The first line says in one sentence, before anything else, when no PostgreSQL is found and which package to install.
# Then the longest first, so that the cores end together.
tests:
	@go test $(FLAGS) ./postgres/postgrestest
	go test $(FLAGS) -timeout 90m ./e2e $(SEQUENTIAL)

races:
	go test -race $(FLAGS) -timeout 90m $(CONCURRENT)
	go test -race $(FLAGS) -timeout 90m -run "$(AT_ONCE)" ./e2e
	go test -race $(FLAGS) -timeout 90m -run '^TestServe' ./cmd/dps

prove: ## Shows that nobody sees or does what is not theirs; SCALE=slice SEED=text proves a part of it.
	go run ./prove/run -scale $(or $(SCALE),full) -seed "$(SEED)"

chaos: build ## Kills, cuts and delays what runs, and compares what callers were told with the data; SCENARIOS=a,b SHORT=1 do less.
	go run ./prove/chaos/run -binary bin/dps -scenarios "$(SCENARIOS)" $(if $(SHORT),-short)

bench: bench/peer/node_modules/.package-lock.json ## Compares the service with pgbench and PostGraphile, in ratios; SIZE=tenth for a tenth of the data.
	go run ./bench -size $(or $(SIZE),full)

bench/peer/node_modules/.package-lock.json: bench/peer/package.json bench/peer/package-lock.json
	cd bench/peer && npm ci --silent
	@touch $@

generate: ## What is made from schema/ and policy.csv: graph/, the resolvers' signatures, the policy printed and compiled.
	go tool gqlgen
	go run ./policy/compile

check: generated tidy format addresses house compose lint ## Everything but the tests: generated files, formatting, figures, lint, composition.

# The parts of the tree that `make generate` writes, as they stand, committed or not.
MADE := graph resolvers policy
state = { git diff --binary HEAD -- $(MADE); git ls-files -z --others --exclude-standard -- $(MADE) | xargs -0r sha256sum; }

generated: ## Fails when `make generate` changes anything.
	@before=$$($(state)); $(MAKE) --no-print-directory generate; [ "$$before" = "$$($(state))" ] || \
		{ git status --short -- $(MADE); echo "make generate has changed these folders: commit what it made."; exit 1; }

tidy: ## Fails when go.mod or go.sum is not tidy.
	go mod tidy -diff

format: ## Fails when a Go file is not formatted.
	@unformatted=$$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -l); [ -z "$$unformatted" ] || \
		{ echo "gofmt -w is needed for:"; echo "$$unformatted"; exit 1; }

# Where this machine keeps the project, and from where it fetches packages, is nobody else's concern.
addresses: ## Fails when a file names this folder or a package registry.
	@for name in "$(CURDIR)" $$( { npm config get registry; go env GOPROXY | tr ',|' '\n\n'; } | sed -n 's|^https*://\([^/:]*\).*|\1|p'); do \
		! git grep -nIF -e "$$name" || { echo "The files above name $$name: leave it out."; exit 1; }; done

house: ## How the Go code is divided and named, in figures; fails when one is out of its bounds.
	@go test -C tools ./house
	@go run -C tools ./house "$(CURDIR)"

lint: ## golangci-lint, pinned in tools/go.mod.
	go tool -modfile=tools/go.mod golangci-lint run

forge: prove/tokens/node_modules/.package-lock.json ## Forges the tokens of the proof again; this is not needed, because they do not age.
	cd prove/tokens && node forge.mjs

prove/tokens/node_modules/.package-lock.json: prove/tokens/package.json prove/tokens/package-lock.json
	cd prove/tokens && npm ci --silent
	@touch $@

compose: federation/node_modules/.package-lock.json ## Composes the subgraph with a partner's, as a gateway would.
	go run ./federation/sdl | node federation/compose.mjs

federation/node_modules/.package-lock.json: federation/package.json federation/package-lock.json
	cd federation && npm ci --silent
	@touch $@

clean: ## Removes what was built or fetched.
	rm -rf bin federation/node_modules prove/tokens/node_modules bench/peer/node_modules graphiql/node_modules graphiql/assets/*.js graphiql/assets/*.css
