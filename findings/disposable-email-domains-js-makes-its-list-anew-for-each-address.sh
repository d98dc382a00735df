#!/usr/bin/env bash
# disposable-email-domains-js 1.26.0 makes a new Set of its whole list for each address that it is asked about,
# although the Set is there for a lookup in constant time. isDisposableEmail and isDisposableEmailDomain call the
# function that builds it; nothing keeps the result. A server that asks for each sign-up copies some ten thousand
# strings each time. disposableEmailBlocklistSet(), called once, has the same answers.
#
# Seen with disposable-email-domains-js 1.26.0, node 20.20.2:
#   sets made by three questions: 3
#   as large as the whole list: true
#
# Needs node with npm. Exits 1 when it is otherwise.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund disposable-email-domains-js@1.26.0 >/dev/null
cat >check.cjs <<'JS'
const { disposableEmailBlocklist, isDisposableEmail } = require('disposable-email-domains-js');

const sizes = [];
const RealSet = Set;
globalThis.Set = class extends RealSet {
  constructor(entries) {
    super(entries);
    sizes.push(this.size);
  }
};
for (const name of ['one', 'two', 'three']) isDisposableEmail(`${name}@example.com`);
globalThis.Set = RealSet;

const isWhole = sizes.every((size) => size === new Set(disposableEmailBlocklist()).size);
console.log(`sets made by three questions: ${sizes.length}`);
console.log(`as large as the whole list: ${isWhole}`);
process.exit(sizes.length === 3 && isWhole ? 0 : 1);
JS
node check.cjs
