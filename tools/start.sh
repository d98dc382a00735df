#!/bin/sh
# `npm start <app>`, and what the image runs: this process becomes the app, so signals reach it and its exit
# code is passed on.
cd "$(dirname "$0")/.." || exit
arguments=$(node dist/tools/start/src/main.js "$@") || exit
# shellcheck disable=SC2086 # each word is an argument
exec node $arguments
