#!/bin/sh
# openapi-mcp-generator 4.0.1: two parameters of one name become one argument, and integers become numbers.
#
# OpenAPI identifies a parameter by its name and its place: `id` in the path and `id` in the query are two parameters. One
# would expect two arguments, or an error. The tool's schema has one property `id`, with the type of the second parameter,
# while the list of parameters to send still has both. `type: integer` becomes `type: number` at the top of a parameter and
# in array items, but stays `integer` where the type is a list.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openapi-mcp-generator@4.0.1 >/dev/null
cat >run.mjs <<'JS'
import { writeFileSync } from "node:fs";
import { getToolsFromOpenApi } from "openapi-mcp-generator";
const parameters = [
  { name: "id", in: "path", required: true, schema: { type: "string" } },
  { name: "id", in: "query", schema: { type: "integer" } },
  { name: "pages", in: "query", schema: { type: "array", items: { type: "integer" } } },
  { name: "limit", in: "query", schema: { type: ["integer", "null"] } },
];
const document = {
  openapi: "3.1.0",
  info: { title: "Books", version: "1" },
  servers: [{ url: "https://api.example.com" }],
  paths: { "/books/{id}": { get: { operationId: "getBook", parameters, responses: {} } } },
};
writeFileSync("openapi.json", JSON.stringify(document));
const [tool] = await getToolsFromOpenApi("openapi.json", { dereference: true });
console.log(JSON.stringify(tool.inputSchema));
console.log(JSON.stringify(tool.executionParameters));
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = '{"type":"object","properties":{"id":{"type":"number"},"pages":{"type":"array","items":{"type":"number"}},"limit":{"type":["integer","null"]}},"required":["id"]}
[{"name":"id","in":"path"},{"name":"id","in":"query"},{"name":"pages","in":"query"},{"name":"limit","in":"query"}]' ]
