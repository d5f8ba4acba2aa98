#!/bin/sh
# json-p3 2.3.1: `$` in a filter inside another filter is not the root of the document.
#
# RFC 9535, section 2.3.5: `$` in a filter query is the root node of the argument. One would expect
#   $.groups[?@.items[?@.n > $.limit]]
# to select the group that has an item above `limit`. It selects nothing. The same comparison in a filter that is not
# nested finds `$.limit`. OpenAPI Overlays use such expressions as targets.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund json-p3@2.3.1 >/dev/null
cat >run.mjs <<'JS'
import { query } from "json-p3";
const document = { limit: 2, groups: [{ items: [{ n: 1 }] }, { items: [{ n: 3 }] }] };
const values = (path) => JSON.stringify(query(path, document).values());
console.log(values("$.groups[*].items[?@.n > $.limit]"));
console.log(values("$.groups[?@.items[?@.n > $.limit]]"));
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = '[{"n":3}]
[]' ]
