#!/bin/sh
# best-effort-json-parser 1.5.1: a JSON text that ends inside a `\u` escape throws, and a lone minus is the number 0.
#
# The library reads JSON that is still arriving, as the arguments of a streamed tool call. One would expect a value for the
# beginning of every valid text. Of all beginnings of the text below only those that end after `u` or within the four digits
# of the escape throw; one that ends after the backslash does not. The beginning that ends after the minus of -5 has the value 0, which a client
# shows for a moment, where partial-json 0.1.7 leaves the member out.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund best-effort-json-parser@1.5.1 partial-json@0.1.7 >/dev/null
cat >run.mjs <<'JS'
import { parse } from "best-effort-json-parser";
import { parse as parsePartial } from "partial-json";
const text = '{"name":"caf\\u00e9","change":-5}';
const throwing = (read) =>
  Array.from({ length: text.length }, (_, end) => text.slice(0, end + 1)).filter((beginning) => {
    try {
      read(beginning);
      return false;
    } catch {
      return true;
    }
  });
console.log("best-effort:", throwing(parse).map((beginning) => beginning.slice(8)).join(" "));
console.log("partial-json:", throwing(parsePartial).length);
const minus = text.slice(0, text.indexOf("5"));
console.log(JSON.stringify(parse(minus)), JSON.stringify(parsePartial(minus)));
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'best-effort: "caf\u "caf\u0 "caf\u00 "caf\u00e
partial-json: 0
{"name":"café","change":0} {"name":"café"}' ]
