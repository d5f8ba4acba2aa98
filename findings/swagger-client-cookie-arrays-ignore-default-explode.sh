#!/bin/sh
# swagger-client 3.39.0: the exploded form of a cookie parameter depends on whether `explode: true` is written, and repeats
# the parameter's name inside the value.
#
# OpenAPI 3.1: the default style of a cookie parameter is `form`, and the default of `explode` for `form` is true. One would
# expect the same header with `explode` left out and with `explode: true`, and `a` and `b` each as a value of `c`. Left out,
# the array ["a", "b"] is sent as one value "a,b", in the form of `explode: false`. Written, the value of the cookie `c` is
# "c=a&c=b". For a query parameter both spellings give `c=a&c=b`.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund swagger-client@3.39.0 >/dev/null
cat >run.mjs <<'JS'
import SwaggerClient from "swagger-client";
function build(parameter) {
  const spec = {
    openapi: "3.1.0",
    info: { title: "Colors", version: "1" },
    servers: [{ url: "https://api.example.com" }],
    paths: { "/colors": { get: { operationId: "list", parameters: [parameter], responses: {} } } },
  };
  const { url, headers } = SwaggerClient.buildRequest({ spec, operationId: "list", parameters: { c: ["a", "b"] } });
  return [new URL(url).search, headers.Cookie].filter(Boolean).map(decodeURIComponent).join(" ");
}
const schema = { type: "array", items: { type: "string" } };
for (const place of ["query", "cookie"])
  for (const explode of [{}, { explode: true }, { explode: false }])
    console.log(place, JSON.stringify(explode), build({ name: "c", in: place, schema, ...explode }));
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'query {} ?c=a&c=b
query {"explode":true} ?c=a&c=b
query {"explode":false} ?c=a,b
cookie {} c=a,b
cookie {"explode":true} c=c=a&c=b
cookie {"explode":false} c=a,b' ]
