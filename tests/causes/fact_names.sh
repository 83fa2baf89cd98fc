#!/bin/sh
# The names of facts by number, as members of an array: fact_names.sh lib/engine/facts.h
sed -n 's/^#define LS_FACT_\([A-Z_]*\)[[:space:]]*LS_FACT(\([0-9]*\)).*/[\2] = "\1",/p' "$1"
