#!/bin/sh
# @scalar/openapi-upgrader 0.1.11: upgrading a Swagger 2.0 form loses what its fields accept.
#
# A `formData` parameter has `items`, `enum`, `default` and `collectionFormat` in Swagger 2.0. One would expect the
# upgraded request body to have `items`, `enum` and `default` in the field's schema and an `encoding` for
# `collectionFormat: multi`. Only the types are left: the list has no `items`, and there is no `encoding`. A query
# parameter of the same document keeps `items` and becomes `explode: true`.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @scalar/openapi-upgrader@0.1.11 >/dev/null
cat >run.mjs <<'JS'
import { upgrade } from "@scalar/openapi-upgrader";
const parameters = [
  { name: "tags", in: "formData", type: "array", items: { type: "string" }, collectionFormat: "multi" },
  { name: "mode", in: "formData", type: "string", enum: ["fast", "slow"], default: "fast" },
  { name: "ids", in: "query", type: "array", items: { type: "integer" }, collectionFormat: "multi" },
];
const post = { consumes: ["multipart/form-data"], parameters, responses: { 200: { description: "ok" } } };
const document = { swagger: "2.0", info: { title: "t", version: "1" }, paths: { "/a": { post } } };
const result = upgrade(document, "3.1");
const upgraded = (result.specification ?? result).paths["/a"].post;
console.log(JSON.stringify(upgraded.requestBody.content["multipart/form-data"]));
console.log(JSON.stringify(upgraded.parameters));
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = '{"schema":{"type":"object","properties":{"tags":{"type":"array"},"mode":{"type":"string"}},"required":[]}}
[{"schema":{"type":"array","items":{"type":"integer"}},"style":"form","explode":true,"name":"ids","in":"query"}]' ]
