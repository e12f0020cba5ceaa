#!/usr/bin/env bash
# Change the code of a package in many small ways, one at a time, and say which changes no test notices.
# Takes many minutes, so no other command runs it; it has an environment of its own (.venv-mutation).
# usage: bash scripts/run_mutation.sh [PACKAGE] [options of scripts/mutate.py]; without PACKAGE, every package in turn
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/make_environment.sh .venv-mutation
.venv-mutation/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt \
  -r requirements-mutation.txt
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
  packages="$1"
  shift
else
  packages="metrics statistics analysis bundle release"
fi
for package in $packages; do
  .venv-mutation/bin/python scripts/mutate.py "$package" "$@"
done
