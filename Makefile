# Plenary's habits: `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

CONFIG ?= config/demo.yaml
STATE ?= run/state
KILLS ?= 5000
# The pages' and pytest's tests run against this binary.
PLENARY_BIN ?= $(CURDIR)/.build/debug/plenary
export PLENARY_BIN
# What `make test-live` runs: files, folders or tests.
LIVE_TESTS ?= Tests/checker Tests/live Tests/browser

# One order of flags in every build: without it SwiftPM shuffles package traits and compiles Hummingbird anew each time.
SWIFT_BUILD := SWIFT_DETERMINISTIC_HASHING=1 swift build
SWIFT_TEST := SWIFT_DETERMINISTIC_HASHING=1 swift test --skip-build

# Debian packages: to build and run, and beyond that to test.
BUILD_PACKAGES := git ca-certificates g++ pkg-config libavformat-dev libavcodec-dev libavutil-dev libswresample-dev libswscale-dev zlib1g-dev libsqlite3-dev \
	libnghttp2-dev libwebsockets-dev libwebsockets-evlib-uv libuv1-dev
TEST_PACKAGES := ffmpeg nodejs chromium chromium-headless-shell firefox-esr python3-venv python3-gi gir1.2-gst-rtsp-server-1.0 \
	gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-tools \
	nghttp2-client curl openssl procps fonts-noto-core nginx-light caddy vlc-bin vlc-plugin-base
BENCH_PACKAGES := nginx-light libnginx-mod-rtmp libnginx-mod-nchan wrk util-linux strace libssl-dev libnghttp2-dev

.PHONY: help run build build-tests release test test-fast test-swift test-web test-live soak format lint bench screenshots clean deps-build deps-test deps-bench toolchain

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: release ## Install what is needed, build, start the demo: one hall with a generated picture (CONFIG=… STATE=… change it)
	@mkdir -p "$(STATE)"
	@echo "Stop with Ctrl-C. In another terminal: .build/release/plenary stream status --watch --state $(STATE)"
	@exec .build/release/plenary serve --config "$(CONFIG)" --state "$(STATE)"

build: toolchain deps-build ## Build for development
	$(SWIFT_BUILD)

release: toolchain deps-build ## Build for use
	$(SWIFT_BUILD) -c release --product plenary

test: toolchain deps-build deps-test ## Install what tests need and run all of them
	@Tests/summary.py begin
	@$(MAKE) --no-print-directory test-swift test-web test-live
	@Tests/summary.py end
	@echo "All tests passed: Swift (unit and in-process), web pages, live sockets and browser."

test-fast: build-tests deps-test ## Only what opens no socket and no browser: what one runs while working
	PLENARY_TEST_FAST=1 $(SWIFT_TEST) --parallel
	node --test web/tests/*.test.js

build-tests: toolchain deps-build
	@mkdir -p Tests/artifacts
	$(SWIFT_BUILD) --build-tests 2>&1 | tee Tests/artifacts/build.log
	@if grep -E '^(/|Sources/|Tests/).*: warning: ' Tests/artifacts/build.log | grep -v '/\.build/'; then echo "make: the build has warnings (above)"; exit 1; fi

test-swift: build-tests deps-test ## Only the Swift tests
	@# one after the other: many of them measure sockets and memory, and two cores are soon busy
	@# the failures once more at the end, where they are found
	@# all of them, whatever the shell says
	env -u PLENARY_TEST_FAST $(SWIFT_TEST) --no-parallel 2>&1 | tee Tests/artifacts/swift-test.log \
		|| { echo; echo "make: what failed:"; grep -aE '✘|Fatal error|error: Exited' Tests/artifacts/swift-test.log; exit 1; }

test-web: deps-test ## Only the tests of the web pages' modules
	node --test web/tests/*.test.js

test-live: build-tests deps-test .venv/ready ## Only the tests over real sockets and in a browser
	.venv/bin/python Tests/run.py $(LIVE_TESTS)

soak: build deps-test .venv/ready ## What takes hours: kills during ballots (KILLS=… changes 5,000), days on the display's clock, long losses
	.venv/bin/python -m pytest -p no:xdist -m soak Tests/live Tests/browser
	PLENARY_KILLS=$(KILLS) .venv/bin/python -m pytest -p no:xdist Tests/live/test_record.py -k kill_9

.venv/ready: Tests/requirements.txt
	/usr/bin/python3 -m venv --system-site-packages .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	@touch $@

format: toolchain ## Format the Swift sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint: toolchain ## Check the format and the scripts
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	@if grep -rnE '[[:space:]]+$$' --include='*.swift' --include='*.js' --include='*.py' --include='*.md' Sources Tests web docs config *.md; \
	then echo "make: spaces at the end of a line (above)"; exit 1; fi
	@if LC_ALL=C.UTF-8 grep -rnE '^.{161,}' --include='*.js' --include='*.css' --include='*.html' web; \
	then echo "make: lines over 160 characters (above)"; exit 1; fi

screenshots: build deps-test .venv/ready ## Make the pictures of docs/pages.md anew (ONLY="resident embed" for some)
	.venv/bin/python docs/screenshots.py $(ONLY)

bench: release deps-test deps-bench .venv/ready ## Measure against other software; figures as ratios of one run
	@PLENARY_BIN=$(CURDIR)/.build/release/plenary .venv/bin/python bench/run $(SECTIONS)

clean: ## Remove what was built; the state in ./run stays
	rm -rf .build .venv Tests/artifacts

toolchain:
	@command -v swift >/dev/null || { \
		echo "make: no Swift toolchain found. Install Swift 6.1 or newer (https://www.swift.org/install/linux/) and have 'swift' in PATH."; exit 1; }

deps-build: ## Install the Debian packages that building needs
	@.ci/packages $(BUILD_PACKAGES)

deps-test: ## Install the Debian packages that tests need
	@.ci/packages $(TEST_PACKAGES)

deps-bench:
	@.ci/packages $(BENCH_PACKAGES)
