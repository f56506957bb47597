# The verbs. Each says what it does as it goes.
#
#   make run     builds what is missing and serves it: http://127.0.0.1:3000
#   make test    everything that must hold, from format to browser
#   make bench   the figures, into target/bench/results.json
#   make dev     builds and serves again at every change
#   make check   quick: types only, native and wasm
#   make fmt     formats
#   make setup   installs what the machine lacks (the others call it)

TARGET := $(or $(CARGO_TARGET_DIR),target)
WASM := --target wasm32-unknown-unknown
STEP = @printf '\n== %s\n'

.PHONY: setup run dev test bench check fmt site
.DEFAULT_GOAL := run

setup:
	@scripts/setup

run:
	@scripts/setup run
	$(STEP) 'the site'
	cargo xtask site
	$(STEP) 'the server'
	cargo build --release --package server
	exec $(TARGET)/release/qiaomen serve --site $(TARGET)/site --demo school

dev:
	@scripts/setup run
	cargo xtask watch --demo village

check:
	cargo check --workspace --all-targets
	cargo check $(WASM) --package app --features phone
	cargo check $(WASM) --package app --features desk
	cargo check $(WASM) --package app --features scan

fmt:
	cargo fmt --all

site:
	cargo xtask site

test: setup
	$(STEP) 'format'
	cargo fmt --all --check
	$(STEP) 'clippy'
	cargo clippy --workspace --all-targets -- -D warnings
	$(STEP) 'clippy for the browser'
	cargo clippy $(WASM) --package domain -- -D warnings
	cargo clippy $(WASM) --package app --features phone -- -D warnings
	cargo clippy $(WASM) --package app --features desk -- -D warnings
	cargo clippy $(WASM) --package app --features scan -- -D warnings
	$(STEP) 'tests'
	@# Whatever they find, the Postgres that they share and leave running is ended.
	cargo nextest run --workspace; found=$$?; \
	  cargo run --quiet --package server --example end_test_cluster; exit $$found
	cargo nextest run --package app --features phone,scan --lib
	$(STEP) 'the site'
	cargo xtask site
	$(STEP) 'the server'
	cargo build --package server
	$(STEP) 'end to end'
	cd end2end && node_modules/.bin/playwright test

bench: setup
	cargo xtask site
	cargo build --release --package server --bins --example load
	cd end2end && node_modules/.bin/playwright test --config bench.config.ts
