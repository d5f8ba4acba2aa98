#!/bin/sh
# openapi-format 1.33.6: an overlay that removes several items of one array removes every second one, and an object that
# is to be appended to an array is dropped without a word.
#
# Overlay 1.0.0, section 4.4.3: `remove: true` removes the target from its containing map or array; if the target is an
# array, the update is an entry to append. One would expect `tags` without items for the target `$.tags[*]`, and a third tag
# for an update with an object. Of four tags the first and third are gone; with an object `tags` is unchanged. The list of
# actions without effect is empty in both cases. An update with an array is appended.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openapi-format@1.33.6 >/dev/null
cat >run.mjs <<'JS'
import { openapiOverlay } from "openapi-format";
async function apply(label, action) {
  const document = {
    openapi: "3.1.0",
    info: { title: "Books", version: "1" },
    tags: ["a", "b", "c", "d"].map((name) => ({ name })),
    paths: {},
  };
  const overlaySet = { overlay: "1.0.0", info: { title: "Tags", version: "1" }, actions: [action] };
  const { data, resultData } = await openapiOverlay(document, { overlaySet });
  console.log(label, data.tags.map(({ name }) => name).join(""), "without effect:", resultData.unusedActions.length);
}
await apply("remove all   ", { target: "$.tags[*]", remove: true });
await apply("append object", { target: "$.tags", update: { name: "e" } });
await apply("append array ", { target: "$.tags", update: [{ name: "e" }] });
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'remove all    bd without effect: 0
append object abcd without effect: 0
append array  abcde without effect: 0' ]
