# One obvious command for each habit.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    := 10s
SIZE        := 150k

.PHONY: help run build release test lint bench bench-meili fuzz shots ci

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

run: ## serve on http://127.0.0.1:8080, with the sample corpus on a first start
	go run ./cmd/policybot serve

build: ## the static program, ./policybot
	CGO_ENABLED=0 go build -trimpath -o policybot ./cmd/policybot

release: ## archives for every system, checksums and SBOMs, into dist/
	go run ./cmd/release

test: ## every test
	go test ./...

lint: ## formatting, go vet, staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

bench: ## every benchmark, and the load test; POLICYBOT_BENCH names the folder of real documents
	POLICYBOT_BENCH='$(POLICYBOT_BENCH)' go test -run '^$$' -bench . -skip '^BenchmarkMeili$$' -benchmem -timeout 60m ./...

bench-meili: ## with a Meilisearch that it starts, stops, kills and freezes; POLICYBOT_TEST_MEILI_BIN is the program, SIZE 2k, 50k or 150k
	POLICYBOT_BENCH='$(POLICYBOT_BENCH)' POLICYBOT_TEST_MEILI_BIN='$(POLICYBOT_TEST_MEILI_BIN)' \
		go test -run '^$$' -bench '^BenchmarkMeili$$/^$(SIZE)$$' -benchtime 1x -timeout 120m -v ./cmd/policybot

fuzz: ## every fuzz test, for FUZZTIME each
	@set -e; for file in $$(git ls-files '*_test.go'); do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$file); do \
			echo "== $$(dirname $$file) $$name"; \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file); \
		done; \
	done

shots: ## the README's pictures, of the real program, into docs/images
	POLICYBOT_SHOTS='$(CURDIR)/docs/images' go test -count=1 -run '^TestReadmeShots$$' .

ci: ## what the build machine runs
	.ci/run
