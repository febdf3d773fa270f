# Every verb a person or the CI types. `make` alone lists them.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory

MODULE  := github.com/perseid-dev/perseid
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || true)
COMMIT  ?= $(shell git rev-parse HEAD 2>/dev/null || true)
# The date of the commit, not of the build, so that the same commit gives the same bytes.
DATE    ?= $(shell git log -1 --format=%cI 2>/dev/null || true)
INFO    := $(MODULE)/internal/buildinfo
LDFLAGS := -s -w -X $(INFO).version=$(VERSION) -X $(INFO).commit=$(COMMIT) -X $(INFO).date=$(DATE)

STATICCHECK := go tool -modfile=tools/go.mod staticcheck
# The state of the work tree, so that a check can tell its own changes from yours.
TREE        = git status --porcelain; git diff HEAD

.DEFAULT_GOAL := help
# The verbs that `make help` lists, and one that only others need.
HASHES := \#\#
.PHONY: demo-program $(shell sed -nE 's/^([a-z-]+):.* $(HASHES) .*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## list these verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 25

build: ## build bin/perseid
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/...

ui: ui/node_modules/.package-lock.json ## build the web interface, which the next `make build` takes in (Node.js 20.19 or later)
	cd ui && npm run --silent build

# npm writes this file when it is done.
ui/node_modules/.package-lock.json: ui/package.json ui/package-lock.json
	@command -v npm >/dev/null || { echo "ui: npm is not there; install Node.js 20.19 or later, or do without: the server says how to get the pages" >&2; exit 1; }
	cd ui && npm ci --no-audit --no-fund
	@touch $@

# Both by default; ARCHITECTURES=amd64 is quicker.
ARCHITECTURES ?= amd64 arm64
comma := ,
empty :=

images: ## build OCI images of both programs into bin/images (SIGN_KEY=team.key, PUSH=ghcr.io/me, ARCHITECTURES=amd64)
	@for architecture in $(ARCHITECTURES); do \
		CGO_ENABLED=0 GOOS=linux GOARCH=$$architecture go build -trimpath -ldflags '$(LDFLAGS)' -o bin/linux/$$architecture/ ./cmd/...; \
	done
	@go run ./images -version '$(or $(VERSION),dev)' -revision '$(COMMIT)' -created '$(DATE)' \
		-platforms '$(subst $(empty) ,$(comma),$(addprefix linux/,$(ARCHITECTURES)))' \
		$(if $(SIGN_KEY),-sign '$(SIGN_KEY)') $(if $(PUSH),-push '$(PUSH)' -name '$(PUSH)') $(ARGS)

test: ## run the tests
	go test ./...

lint: ## gofmt, go vet, staticcheck
	@wrong="$$(gofmt -l *.go cmd examples images internal test)"; [ -z "$$wrong" ] || { echo "not formatted, run gofmt -w on:" $$wrong >&2; exit 1; }
	go vet ./...
	$(STATICCHECK) ./...

race: ## run the tests with the race detector
	CGO_ENABLED=1 go test -race ./...

# npm 10 does not install what Vite 8 is made of.
check-ui: ## check the types of the pages, run their unit tests, and build them within their sizes (skipped without npm 11)
	@major="$$(npm --version 2>/dev/null | cut -d. -f1)"; \
	if [ "$${major:-0}" -lt 11 ]; then echo "check-ui: skipped, npm 11 or later is not there"; else \
		$(MAKE) ui/node_modules/.package-lock.json && cd ui && npm test --silent && npm run --silent build; fi

check: ## what the CI runs: lint, race, the charts, the pages, and nothing in the tree changed by it
	@before="$$($(TREE))"; $(MAKE) lint race test-chart check-ui; after="$$($(TREE))"; \
	[ "$$before" = "$$after" ] || { echo "the checks changed the tree:" >&2; diff <(echo "$$before") <(echo "$$after") >&2; exit 1; }

generate: ## rewrite docs/reference and the golden files, to be read in review
	@grep -rl 'flag.Bool("update"' --include='*_test.go' images internal cmd | xargs -rn1 dirname | sort -u | \
		while read -r dir; do go test "./$$dir" -update; done
	@cd test/chart && go test . -update
	@git status --short -- charts docs images internal cmd test/chart

demo: ## serve a copy of examples/ with live graphs on a free port until Ctrl-C (DEMO_SECONDS=5 stops by itself)
	@if command -v npm >/dev/null; then $(MAKE) ui; else echo "demo: Node.js is not there, so there will be no pages; the API is served all the same" >&2; fi
	@[ -x bin/demo ] || echo "demo: building the server and a small Prometheus; the first time takes minutes"
	@GOFLAGS="$$(go env GOFLAGS) -v" $(MAKE) -s build demo-program 2>&1 | examples/progress.sh
	@examples/demo.sh bin/perseid bin/demo

demo-program:
	@cd examples/demo && go build -o ../../bin/ .

test-demo: demo-program build ## ask every query of the example dashboards of Prometheus' own engine, and try the demo as it is typed
	cd examples/demo && go vet ./... && go test -count=1 ./...

bench: build ## measure the whole process (ARGS="-quick", ARGS="-o json")
	go run ./test/bench -perseid bin/perseid $(ARGS)

bench-artifact: build ## measure building, unpacking, pushing and pulling an artifact of 10 000 documents (ARGS="-n 1000 -runs 3")
	go run ./test/bench/artifact -perseid bin/perseid $(ARGS)

crash: ## kill the server again and again during loads, edits and writes, JSON and YAML (ROUNDS=500; half of them loads)
	go test ./internal/store -run 'Cut|Wrong|Crash' -count=1 -store.every
	go test ./internal/server -run TestKill -count=1 -timeout 4h -v -kill.rounds=$$(( ($(or $(ROUNDS),500) + 1) / 2 ))

soak: build ## serve, edit, write and read for long, and look what it took (SOAK=1h DASHBOARDS=2000 ARGS="-keep")
	go run ./test/soak -perseid bin/perseid -for $(or $(SOAK),1h) -dashboards $(or $(DASHBOARDS),2000) $(ARGS)

scenario: ## tell the scenarios of the rule book at full length (RUN=R13 for some, ARGS=-v)
	go test ./test/scenario -full -count=1 -timeout 1h -run '$(or $(RUN),.)' $(ARGS)

test-chart: ## test the Helm charts without a cluster (promtool, of Debian's prometheus, checks the alerts if it is there)
	cd test/chart && go vet ./... && go test ./... $(ARGS)

test-kubernetes: ## test against a real API server (built once, which takes minutes; KUBEBUILDER_ASSETS names a built one; RUN=Frozen for some)
	@test/kubernetes/build.sh
	cd test/kubernetes && go vet ./... && go test ./... -count=1 -timeout 20m -run '$(or $(RUN),.)' $(ARGS)

test-cluster: ## test the images and the charts on a real node of Kubernetes, as root (built once, which takes up to three quarters of an hour; RUN=Upstream for some)
	@test/cluster/build.sh
	@mkdir -p bin/cluster/linux
	@architecture="$$(go env GOARCH)"; export CGO_ENABLED=0; \
	go build -trimpath -ldflags '$(LDFLAGS)' -o "bin/cluster/linux/$$architecture/" ./cmd/...; \
	go run ./images -version test -binaries bin/cluster -platforms "linux/$$architecture" -out bin/cluster/images; \
	cd test/cluster; go build -trimpath -ldflags '-s -w' -o ../../bin/cluster/pause ./pause
	cd test/cluster && go vet ./... && go test -p 1 ./... -count=1 -timeout 60m -v -run '$(or $(RUN),.)' $(ARGS)

# The programs of others are built once, outside the tree: cosign alone takes minutes.
INTEROP ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/perseid-interop

test-interop: build ## try artifacts and signatures with crane, cosign, and what Flux and oras are made of
	@[ -x "$(INTEROP)/crane" ] || GOBIN="$(INTEROP)" go install github.com/google/go-containerregistry/cmd/crane@v0.21.9
	@[ -x "$(INTEROP)/cosign" ] || GOBIN="$(INTEROP)" go install github.com/sigstore/cosign/v3/cmd/cosign@v3.1.2
	@ln -sf "$(CURDIR)/bin/perseid" "$(INTEROP)/perseid"
	@go build -o bin/images-program ./images && ln -sf "$(CURDIR)/bin/images-program" "$(INTEROP)/images"
	cd test/interop && PERSEID_INTEROP_BIN="$(INTEROP)" go test -count=1 ./...

hostile: ## crowds, slow readers and bodies made to take memory, in full size, with their figures
	go test ./test/hostile -full -count=1 -timeout 30m -v -run '$(or $(RUN),.)' $(ARGS)

bench-sidecar: ## measure perseid-sidecar against a real API server (ARGS="-rest 10m" counts the CPU time of rest for longer)
	@test/kubernetes/build.sh
	cd test/kubernetes && go test ./sidecar -count=1 -timeout 30m -run Figures -v -figures $(ARGS)

test/ui/node_modules/.package-lock.json: test/ui/package.json test/ui/package-lock.json
	cd test/ui && npm ci --no-audit --no-fund
	@touch $@

# Debian's: apt-get install -y --no-install-recommends chromium prometheus. CHROMIUM names another browser.
test-ui: test/ui/node_modules/.package-lock.json ui build demo-program ## try the pages in a real browser against a real Prometheus (RUN="corpus delivery" for some)
	cd ui && npm test --silent
	cd test/ui && node --test-reporter=spec run.mjs $(RUN)

bench-ui: test/ui/node_modules/.package-lock.json ui build demo-program ## measure the pages in a real browser (ARGS="-runs 3", ARGS="-o json")
	cd test/ui && node bench.mjs $(ARGS)

screenshots: test/ui/node_modules/.package-lock.json ui build demo-program ## take the pictures of docs/images anew
	cd test/ui && node screenshots.mjs

clean: ## remove what the build made
	rm -rf bin dist ui/dist
	find internal/webui/dist -mindepth 1 ! -name unbuilt.html -delete
