# The version that the binary names: the nearest tag, or nothing outside of a clone.
VERSION ?= $(or $(shell git describe --tags --dirty 2>/dev/null),dev)
COMMIT  ?= $(shell git rev-parse --short HEAD 2>/dev/null)

CLI := github.com/siltgate/siltgate/internal/cli
LDFLAGS := -s -w -X $(CLI).version=$(VERSION) -X $(CLI).commit=$(COMMIT)
LINT := go tool -modfile=tools/go.mod golangci-lint
FUZZTIME ?= 60s
SOAK_KILLS ?= 500
SOAK_TICKS ?= 2000

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build ./siltgate, static
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o siltgate .

.PHONY: demo
demo: ## Watch three replicas purge dead tokens on a private Postgres
	go run . demo

.PHONY: test
test: ## Run the tests
	go test ./...

.PHONY: race
race: ## Run the tests under the race detector
	go test -race ./...

.PHONY: lint
lint: ## Check style and formatting
	$(LINT) run ./...
	cd tools && go tool golangci-lint run ./...
	cd bench && go tool -modfile=../tools/go.mod golangci-lint run --config ../.golangci.yml ./...

.PHONY: fmt
fmt: ## Format the code
	$(LINT) fmt ./...

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (60s)
	@grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sort | \
	while IFS=: read -r file func; do \
		target=$${func#func }; \
		echo "== $$target"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s "$$(dirname "$$file")" || exit 1; \
	done

.PHONY: soak
soak: ## Strike a fleet at random, SOAK_KILLS (500) times at least, for some 35 minutes
	go test ./e2e -run Fault04 -v -count=1 -timeout 6h -soak.kills $(SOAK_KILLS) -soak.ticks $(SOAK_TICKS)

.PHONY: compose-check
compose-check: ## Try the compose file for real; needs a Docker engine
	deploy/compose/check.sh

.PHONY: check
check: ## Run exactly what CI runs
	.ci/run
