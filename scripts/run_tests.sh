#!/usr/bin/env bash
# Format, lint, types, then the core's tests, in a virtual environment of their own (.venv).
# usage: bash scripts/run_tests.sh [--all] [pytest arguments]; --cov also measures coverage, which takes twice as long.
# Without --all, the commands of the pages in docs/ are not run; CI runs them.
set -euo pipefail
cd "$(dirname "$0")/.."
selected=(-m "not long")
if [ "${1:-}" = --all ]; then
  selected=()
  shift
fi
bash scripts/make_environment.sh .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
# Pages are held to axe-core where npm can bring it; without it, those tests are skipped.
if command -v npm > /dev/null && [ ! -d tests/browser/node_modules ]; then
  npm install --silent --no-audit --no-fund --no-package-lock --prefix tests/browser || true
fi
.venv/bin/python -m ruff format --check .
.venv/bin/python -m ruff check .
.venv/bin/python -m mypy
.venv/bin/python -m pytest -n auto "${selected[@]}" "$@"
