# Runfolio's commands. They need Python 3.11 or newer, make and git; the rest they install into
# .venv, every package pinned and checked by hash (constraints.txt).

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
RUN := .venv/bin/python
# What is imported is compiled once, not in each of the thousands of processes that tests start.
unexport PYTHONDONTWRITEBYTECODE
# The wine table for `make demo`: a path or an address; empty takes a table scikit-learn ships.
CSV ?=
# All extras but ray, which is large and tested apart.
PINNED_EXTRAS := archive system images figures s3 aim environments dask
# In CI a test that fails is run once more, and told of with what it said at first: hundreds of them
# wait for browsers and other processes on a machine that is busy.
RERUNS := $(if $(CI),--reruns 1 --rerun-show-tracebacks)
# Further words for pytest, such as ARGS="tests/store -k torn".
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test lint types check bench fuzz site docs specs vendor constraints audit licences sbom wheel clean
.PHONY: python environment development tools

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: environment ## Train the examples, build their report and print the page to open
	@rm -rf demo
	@$(RUN) examples/wine_quality.py $(if $(CSV),"$(CSV)") --store demo/runs
	@$(RUN) examples/training_loop.py --store demo/runs
	@.venv/bin/build-report demo/runs --output demo/site
	@echo "Open $(CURDIR)/demo/site/index.html"

test: development tools ## Run every test, those in a browser and of the scripts included
	@$(RUN) -m pytest --numprocesses auto --dist loadfile $(RERUNS) $(ARGS)

lint: development ## Check style and formatting
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check

types: development ## Check the types strictly
	@$(RUN) -m mypy

check: lint types test ## Everything a change has to pass

bench: development ## Measure speed and size beside other trackers, which get .venvs/peers
	@$(RUN) tests/benchmarks/run.py $(ARGS)

fuzz: development ## Give every reader odd inputs, a minute each; ARGS="--target journal --seconds 600"
	@$(RUN) -m tests.fuzz.run $(ARGS)

site: environment ## Rebuild the committed demo report in site/
	@$(RUN) -m tests.environment.demo_site site

docs: environment ## Rewrite what README.md says about the store's tables
	@$(RUN) -m tests.environment.store_docs README.md

specs: development ## Compile the charts' specs for the browser, after a change in charts/
	@$(RUN) -m tests.environment.compile_specs

vendor: ## Bundle the browser libraries again, with npm, in templates/assets/vendor
	@cd templates/assets/vendor && npm ci --ignore-scripts --no-audit --no-fund && npm run build

constraints: python ## Pin the newest versions of all packages in constraints.txt
	@$(PYTHON) tests/environment/install.py build pins
	@.venv/bin/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-emit-index-url \
		$(foreach extra,$(PINNED_EXTRAS),--extra $(extra)) --group build --group dev --group node --group pins \
		--custom-compile-command "make constraints" --output-file constraints.txt
	@.venv/bin/uv pip compile tests/environment/supply.in --quiet --upgrade --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-emit-index-url \
		--custom-compile-command "make constraints" --output-file tests/environment/supply.txt

audit: development ## Ask an advisory service about every pinned package; ARGS=--must-reach insists on an answer
	@$(RUN) -m tests.environment.audit $(ARGS)

licences: development ## List what Runfolio needs to run, with versions and licences
	@$(RUN) -m tests.environment.licences

sbom: development ## Write the bill of materials (CycloneDX) to dist/runfolio.cdx.json
	@$(RUN) -m tests.environment.sbom dist/runfolio.cdx.json

wheel: development ## Build the wheel and the source archive in dist/, the same bytes for the same commit
	@umask 022 && SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) \
		$(RUN) -m build --no-isolation --outdir dist $(ARGS)

clean: ## Delete everything these commands have made, the environments included
	@rm -rf .venv .venvs demo dist build tests/browser/node_modules tests/actual
	@rm -rf tests/fuzz/corpus tests/fuzz/crashes
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks

python:
	@$(if $(PYTHON),:,echo "Runfolio needs Python 3.11 or newer, and there is none on the PATH." >&2; exit 1)

environment: python
	@$(PYTHON) tests/environment/install.py build

development: python
	@$(PYTHON) tests/environment/install.py build dev

tools: development
	@$(RUN) -m tests.environment.provide
