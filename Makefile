# make run: the app. make quick: at every save, half a minute. make test: everything that CI checks.
PYTHON ?= python3
BIN := .venv/bin
# torch brings gigabytes: uv unpacks them four times as fast as pip, which knows mirrors that uv has not been told of
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python -r $< || $(BIN)/python -m pip install --no-compile -r $<

.PHONY: run quick test check results clean

run: .venv/run.done
	$(BIN)/streamlit run app.py --server.address 127.0.0.1 --server.port 8501

QUICK := tests/methods tests/nets tests/test_layers.py tests/test_words.py tests/test_score_names.py
quick: .venv/dev.done
	$(BIN)/ruff check -q .
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not browser" $(QUICK)

# in the browser: those that train, kill and wait have the machine to themselves
TRAINING := $(addprefix tests/browser/test_,laboratory.py every_method.py twin.py sweep.py)
test: check
	$(BIN)/python -m pytest --timeout 600 -n 3 --dist loadfile -m "not browser"
	$(BIN)/python -m pytest --timeout 600 -n 2 --dist worksteal -m browser $(TRAINING:%=--ignore %)
	$(BIN)/python -m pytest --timeout 600 -m browser $(TRAINING)

check: .venv/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	DENO_NO_UPDATE_CHECK=1 $(BIN)/deno check --quiet sslviz
	$(BIN)/codespell

# numba, which umap stands on, is made for these versions only; on others pip would say so in a hundred lines
FITS = import sys; v = sys.version_info; \
	sys.exit(None if (3, 11) <= v[:2] <= (3, 14) else f"Python 3.11 to 3.14 is needed, and this is \
	{v[0]}.{v[1]}: make PYTHON=python3.13 run")
.venv/bin/python:
	@$(PYTHON) -c '$(FITS)'
	$(PYTHON) -m venv .venv
	-$(BIN)/python -m pip install --quiet uv

.venv/run.done: requirements.txt | .venv/bin/python
	$(INSTALL)
	touch $@

.venv/dev.done: requirements-dev.txt .venv/run.done
	$(INSTALL)
	touch $@

clean:
	rm -rf .venv

# Six hours on a quiet machine. CIFAR=path/to/cifar10.zip adds the real photographs.
RESULTS := learning methods $(if $(CIFAR),many_views) collapse temperature invariance probes augmentation_pairs mask_ratio attention walls live pages rooms compare masking projection augment loop faults damage
results: .venv/dev.done
	( echo '# Measured'; for name in $(RESULTS); do echo; $(BIN)/python -m benchmarks.$$name \
	  $(if $(CIFAR),$$(case $$name in learning|methods|many_views) echo --cifar $(CIFAR);; esac)); done ) > benchmarks/RESULTS.md
