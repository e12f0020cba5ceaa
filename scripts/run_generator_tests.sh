#!/usr/bin/env bash
# Run the generator's tests with its libraries on the CPU, in a virtual environment of their own (.venv-generator).
# usage: bash scripts/run_generator_tests.sh [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/make_environment.sh .venv-generator
pip() { .venv-generator/bin/python -m pip --quiet --disable-pip-version-check "$@"; }
# Install torch first, by itself: a CPU build if there is one, which no other package may replace.
pip install --constraint tests/generator/constraints.txt torch
pip install --constraint tests/generator/constraints.txt --requirement requirements-generator.txt pytest hypothesis
# Only what runs the tests is needed here; lint and types are checked in the core's environment.
OMP_NUM_THREADS=1 .venv-generator/bin/python -m pytest tests/generator "$@"
