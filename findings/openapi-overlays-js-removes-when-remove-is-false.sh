#!/bin/sh
# openapi-overlays-js 0.2.0: an action with `remove: false` removes its target.
#
# Overlay 1.0.0, section 4.4.3: `remove` is a boolean whose default is false. One would expect an action with
# `remove: false` and an update to do what the same action without `remove` does. The target is removed and the update is
# not applied: the presence of the key decides.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openapi-overlays-js@0.2.0 >/dev/null
cat >run.mjs <<'JS'
import { applyOverlay } from "openapi-overlays-js/src/overlay.js";
function apply(rest) {
  const document = {
    openapi: "3.1.0",
    info: { title: "Books", version: "1" },
    paths: { "/books": { get: { operationId: "listBooks", responses: {} } } },
  };
  const action = { target: "$.paths['/books'].get", update: { summary: "Lists books." }, ...rest };
  return JSON.stringify(applyOverlay(document, { overlay: "1.0.0", actions: [action] }).paths["/books"]);
}
console.log(apply({}));
console.log(apply({ remove: false }));
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = '{"get":{"operationId":"listBooks","responses":{},"summary":"Lists books."}}
{}' ]
