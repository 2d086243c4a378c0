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

.PHONY: release-files
release-files: ## Write the completions and the manual page of a release into .release
	rm -rf .release && mkdir -p .release/completions
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o .release/siltgate .
	.release/siltgate completion bash > .release/completions/siltgate.bash
	.release/siltgate completion zsh > .release/completions/_siltgate
	.release/siltgate completion fish > .release/completions/siltgate.fish
	.release/siltgate man > .release/siltgate.1
	rm .release/siltgate

.PHONY: snapshot
snapshot: release-files ## Build the archives of a release into .release, unsigned
	@set -e; for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64; do \
		dir=.release/siltgate_$(VERSION)_$$(echo $$platform | tr / _); \
		mkdir -p $$dir/man; \
		CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/} \
			go build -trimpath -ldflags '$(LDFLAGS)' -o $$dir/siltgate .; \
		tar -cf - LICENSE README.md CHANGELOG.md .env.example deploy/prometheus/alerts.yaml \
			deploy/grafana/siltgate.json deploy/systemd/siltgate* | tar -C $$dir -xf -; \
		cp -r .release/completions $$dir; \
		cp .release/siltgate.1 $$dir/man; \
		tar -C .release -czf $$dir.tar.gz $$(basename $$dir); \
		rm -r $$dir; \
	done
	cd .release && sha256sum *.tar.gz > SHA256SUMS && cat SHA256SUMS

.PHONY: alerts
alerts: ## Check the alerts and run their unit tests
	promtool check rules deploy/prometheus/alerts.yaml
	promtool test rules deploy/prometheus/alerts_test.yaml

.PHONY: manifests
manifests: ## Build and check the files that deploy
	cd tools && go test -count=1 ./...
	deploy/systemd/check.sh

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
