# Everything that people and CI type. `make` alone lists the commands; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check fix schema migration golden bench lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本 / Python 3.11 or newer is needed: make PYTHON=python3.x …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "缺少 venv 模块（Debian、Ubuntu：apt install python3-venv）/ the venv module is missing" >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@echo "正在安装依赖 / installing the locked dependencies …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## Two sides, four ledgers, one transfer, and a hub left serving (ONCE=1: and end)
	@$(BIN)/hub demo $(if $(ONCE),--once)

test: $(READY) ## Run every test (ARGS="-k transfer" for some)
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: $(READY) ## Lint, format, types, layers, and the rules of this repository
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/contract

fix: $(READY) ## Let the linter mend what it can, and format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schema: $(READY) ## Write schema.graphql, the public contract
	@$(BIN)/hub schema > schema.graphql.new && mv schema.graphql.new schema.graphql

migration: $(READY) ## Write the next migration from the models (TITLE="what it does"); read it before you commit
	@$(BIN)/hub migrate --write "$(TITLE)"
	@$(BIN)/ruff check --quiet --fix hub/database/migrations && $(BIN)/ruff format --quiet hub/database/migrations

golden: $(READY) ## Write the expected results of the golden operations anew; read the difference before you commit
	@HUB_TEST_GOLDEN=write $(BIN)/python -m pytest -q tests/operations

bench: $(READY) ## The program, its peers and the limit, side by side in one run
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(READY) ## Resolve the dependencies anew into requirements.lock (the only command that needs uv)
	@uv lock --quiet --upgrade
	@uv export --quiet --no-emit-project --all-groups --no-header --no-annotate --format requirements-txt -o requirements.lock

clean: ## Remove the virtual environment and caches; data under .hub stays
	@rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
