#!/usr/bin/env bash
# The generator's tests with their libraries on the CPU, in a virtual environment of their own (.venv-generator).
# usage: bash scripts/run_generator_tests.sh [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .venv-generator/bin/python ] || python3 -m venv .venv-generator
pip() { .venv-generator/bin/python -m pip --quiet --disable-pip-version-check "$@"; }
# torch first and by itself: a CPU build where there is one, and no other package may replace it.
pip install --constraint tests/generator/constraints.txt torch
pip install --constraint tests/generator/constraints.txt --requirement requirements-generator.txt pydicom pytest hypothesis
# Of the core's environment only what runs the tests is needed here; lint and types are checked there.
OMP_NUM_THREADS=1 .venv-generator/bin/python -m pytest tests/generator "$@"
