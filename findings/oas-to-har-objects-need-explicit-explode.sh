#!/bin/sh
# @readme/oas-to-har 38.5.1: an object parameter without `explode` gets a wrong name or place.
#
# OpenAPI 3.1 gives defaults: `form` with `explode: true` in queries, `simple` with `explode: false` in headers. One would
# expect the same request with the defaults left out and written. Left out, the query object {a: 1, b: 2} becomes a parameter
# `q` whose value is the text "a=1&b=2", and the header object becomes two headers named after its properties instead of
# `X-Q: a,1,b,2`.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @readme/oas-to-har@38.5.1 oas@38.6.0 >/dev/null
cat >run.mjs <<'JS'
import oasToHar from "@readme/oas-to-har";
import Oas from "oas";
function build(name, place, rest) {
  const parameter = { name, in: place, schema: { type: "object", additionalProperties: { type: "integer" } }, ...rest };
  const oas = new Oas({
    openapi: "3.1.0",
    info: { title: "Colors", version: "1" },
    servers: [{ url: "https://api.example.com" }],
    paths: { "/colors": { get: { operationId: "list", parameters: [parameter], responses: {} } } },
  });
  const har = oasToHar(oas, oas.operation("/colors", "get"), { [place]: { [name]: { a: 1, b: 2 } } });
  const { queryString, headers } = har.log.entries[0].request;
  return [...queryString, ...headers].map((pair) => `${pair.name}: ${pair.value}`).join("; ");
}
console.log("query, left out   |", build("q", "query", {}));
console.log("query, written    |", build("q", "query", { style: "form", explode: true }));
console.log("header, left out  |", build("X-Q", "header", {}));
console.log("header, written   |", build("X-Q", "header", { style: "simple", explode: false }));
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'query, left out   | q: a=1&b=2
query, written    | a: 1; b: 2
header, left out  | a: 1; b: 2
header, written   | X-Q: a,1,b,2' ]
