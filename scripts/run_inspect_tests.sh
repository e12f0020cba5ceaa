#!/usr/bin/env bash
# Check the types of the evaluation with Inspect against Inspect's own, and run its tests, in a virtual environment of
# their own (.venv-inspect).
# The model that is served runs in the generator's environment, once scripts/run_generator_tests.sh has made it.
# usage: bash scripts/run_inspect_tests.sh [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/make_environment.sh .venv-inspect
.venv-inspect/bin/python -m pip install --quiet --disable-pip-version-check --constraint tests/inspect_eval/constraints.txt \
  --requirement requirements-inspect.txt openai mypy pytest hypothesis
if [ -x .venv-generator/bin/python ]; then
  .venv-generator/bin/python -m pip install --quiet --disable-pip-version-check \
    --constraint tests/generator/constraints.txt "transformers[serving]" ||
    echo "what transformers needs to serve a model could not be installed: that test is skipped" >&2
else
  echo "no environment of the generator (scripts/run_generator_tests.sh makes it): the test with a served model is skipped" >&2
fi
.venv-inspect/bin/python -m mypy spinefairbench/inspect_eval spinefairbench/inspect_task.py
# Streams that Inspect leaves open when a run ends fail no test here.
.venv-inspect/bin/python -m pytest -W ignore::pytest.PytestUnraisableExceptionWarning -rs tests/inspect_eval "$@"
