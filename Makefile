# What a newcomer types. Every target sets up what it needs in .venv, once; see CONTRIBUTING.md.

SHELL := /bin/sh
PY := .venv/bin/python
FILES := pyproject.toml constraints.txt

# The environment is ready when it was set up, in this very folder, from these very files.
READY := .venv/.ready-$(shell (pwd; cat $(FILES)) | cksum | tr ' ' '-')

.DEFAULT_GOAL := help
.PHONY: help demo test soak pictures image bench mutants cover lint types imports drift format constraints clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: $(READY) ## Run the main job against a sandbox Jira and GitHub on this machine
	@.venv/bin/okrsync demo $(ARGS)

test: $(READY) ## Run the tests (ARGS="-k words" passes options to pytest)
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadgroup $(ARGS)

soak: $(READY) ## Try all 200 random kills (make test: 50), many more histories, and a whole day with 20,000 tickets; half an hour or more
	@HYPOTHESIS_PROFILE=soak $(PY) -m pytest -m 'soak or not soak' tests/properties tests/engine/test_simulated_day.py \
		tests/engine/test_killed.py tests/engine/test_daemon_soak.py $(ARGS)

pictures: $(READY) ## Take the README's screenshots of the dashboard anew (needs chromium)
	@OKRSYNC_PICTURES=docs/images $(PY) -m pytest tests/browser -k "glance or pointer"

image: ## Build the container's image and try it, read-only, with Docker or Podman
	@tools/image

bench: $(READY) ## Measure speed and cost beside other tools (ARGS="--large" for 100,000 items)
	@$(PY) -m benchmarks $(ARGS)

mutants: $(READY) ## Make small faults in the pure rooms, and show which of them no test notices (ARGS="okrsync.plan.*")
	@$(PY) -c 'import mutmut' 2>/dev/null || $(PY) -m pip install -qq --only-binary :all: -c constraints.txt -e '.[mutants]'
	@HYPOTHESIS_PROFILE=mutants $(PY) -m mutmut run $(ARGS)
	@$(PY) -m mutmut results

cover: $(READY) ## Run the tests and measure what they reach of the engine and both connectors, branch by branch
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadgroup --cov --cov-report=term:skip-covered $(ARGS)

lint: $(READY) ## Check style and formatting
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: $(READY) ## Check types, strictly
	@$(PY) -m mypy

imports: $(READY) ## Check which room may import which
	@.venv/bin/lint-imports

drift: $(READY) ## Check that generated files and the README say what the code says
	@$(PY) -m okrsync.schema --check
	@$(PY) tools/readme_help.py --check
	@$(PY) -m tools.faults --check

format: $(READY) ## Format the code and write generated files anew
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@$(PY) -m okrsync.schema --write
	@$(PY) tools/readme_help.py --write
	@$(PY) -m tools.faults --write

constraints: $(READY) ## Pin the newest versions of all packages
	@$(PY) tools/pin.py

clean: ## Remove the environment and caches
	rm -rf .venv mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(READY): $(FILES)
	@tools/setup
	@rm -f .venv/.ready-* && touch $@
