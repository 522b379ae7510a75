# The commands of Halong. `make demo` is the first one to try.

PYTHON ?= python3
PARCELS ?= 100000
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test lint format messages lock bench stop shell-db clean purge

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  make demo takes PARCELS=$(PARCELS) HOST=$(HOST) PORT=$(PORT); with DATABASE_URL set it uses that server."
	@echo "  make test takes ARGS, given to pytest: make test ARGS='-k storm'"

demo: ## Install what is missing, load the demo province, serve the live map
	@exec $(PYTHON) -m tools.demo --parcels $(PARCELS) --host $(HOST) --port $(PORT)

test: ## Run every check and every test, on databases of their own
	@exec $(PYTHON) -m tools.checks -- $(ARGS)

lint: ## Run every check but the tests
	@exec $(PYTHON) -m tools.checks --lint

format: ## Put the code into its form
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .

messages: ## Bring new texts of the code into the Vietnamese catalogue, to be translated there
	.venv/bin/python manage.py makemessages --locale vi --add-location file --no-wrap --no-obsolete \
		$(foreach folder,.venv .local node_modules frontend tests tools docs,--ignore $(folder))

lock: ## Bring the lock files in line with pyproject.toml and package.json
	.venv/bin/uv pip compile pyproject.toml $(RESOLVE) -o requirements.lock
	.venv/bin/uv pip compile pyproject.toml $(RESOLVE) --group dev -c requirements.lock -o requirements-dev.lock
	PATH="$(CURDIR)/.venv/bin:$$PATH" npm --prefix frontend install --package-lock-only --no-audit --no-fund

RESOLVE = --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

bench: ## Print what loading, searching and the live feed cost here, beside a running demo's database (minutes)
	.venv/bin/python -m benchmarks.bench_load
	.venv/bin/python -m benchmarks.bench_search
	.venv/bin/python -m benchmarks.bench_live

stop: ## End the database of this checkout, if a command left it running
	@$(PYTHON) -m tools.postgis stop

shell-db: ## Open psql as the owner of the database that runs
	@. .local/halong.env && exec psql "$$DATABASE_OWNER_URL"

clean: ## Delete what was built and cached; the data and the environment stay
	rm -rf gis/web/pages/static/pages .local/stamps .local/log .local/static
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -not -path './frontend/node_modules/*' -prune -exec rm -rf {} +

purge: clean ## Delete everything that the commands made, the demo's data too
	$(PYTHON) -m tools.postgis remove
	rm -rf .local .venv frontend/node_modules
