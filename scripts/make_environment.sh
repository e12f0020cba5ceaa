#!/usr/bin/env bash
# Make a virtual environment where there is none, and anew where there is half of one: a stopped run leaves Python in it
# and no pip.
# usage: bash scripts/make_environment.sh FOLDER
set -euo pipefail
"$1/bin/python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "$1"
