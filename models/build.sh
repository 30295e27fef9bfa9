#!/usr/bin/env bash
# All that is shipped, made anew from nothing (hours on two cores):
# the Reasoner, its behavior, the bundled sample of it, the DM, the probe. `make models` calls it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
drr=(env PYTHONPATH=. OMP_NUM_THREADS="${THREADS:-1}" "${PYTHON:-.venv/bin/python}" -m drr)
work=models/build
mkdir -p "$work"

PYTHONPATH=. "${PYTHON:-.venv/bin/python}" models/train_reasoner.py

# Stage 1. One process a core, one thread each: they share the database, not their threads.
behavior() { # database seed spec...
    local database=$1 seed=$2
    for spec in "${@:3}"; do "${drr[@]}" distill --questions "$spec" --attempts 4 --seed "$seed" --db "$work/$database"; done
}
# The frontier is where the Reasoner fails most: there a DM learns what it looks like when it is out of its depth.
{ behavior bundle.sqlite 1 known:3000 gsm8k:650; behavior big.sqlite 5 gsm_symbolic:300 guess:400; } &
{ behavior bundle.sqlite 2 known:1600 frontier:300; behavior big.sqlite 3 grammar:2700 gsm8k:150; } &
wait

# What will be bundled: whole questions, all their attempts. The DM learns from it too.
"${drr[@]}" export "$work/bundle.jsonl.gz" --db "$work/bundle.sqlite"
"${drr[@]}" import "$work/bundle.jsonl.gz" --db "$work/big.sqlite"

# Stage 2.
drr=(env PYTHONPATH=. OMP_NUM_THREADS=2 "${PYTHON:-.venv/bin/python}" -m drr)
"${drr[@]}" train --db "$work/big.sqlite" --base models/reasoner --epochs 3 --risk 0.04 --out models/dm
"${drr[@]}" train --db "$work/big.sqlite" --base models/reasoner --kind probe --out models/probe

# Bundled with what the DM says of them.
"${drr[@]}" score --dm dm --db "$work/bundle.sqlite"
"${drr[@]}" export data/behavior.jsonl.gz --db "$work/bundle.sqlite"

# Stage 3, measured: the tables of the README.
"${drr[@]}" evaluate --suite embedded --workers 2
