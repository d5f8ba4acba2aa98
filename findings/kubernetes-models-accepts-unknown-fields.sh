#!/bin/sh
# kubernetes-models 5.1.0: `validate()` accepts fields that Kubernetes does not have.
#
# The package has a class for each object of the Kubernetes API, whose `validate()` checks it against the schema of the
# API. The schemas have no `additionalProperties: false`, and the validator adds none. One would expect an error for a
# misspelt `redinessProbe`, as `kubectl apply --validate=strict` gives one. It is valid, and so is `replica` beside
# `replicas`; only types and required fields are checked. A test of manifests also has to compare their fields with the
# types, where TypeScript refuses unknown ones in literals.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund kubernetes-models@5.1.0 >/dev/null
cat >run.mjs <<'JS'
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
function create(container, spec = {}) {
  const labels = { app: "a" };
  const containers = [{ name: "a", image: "a", ...container }];
  const template = { metadata: { labels }, spec: { containers } };
  return new Deployment({ metadata: { name: "a" }, spec: { selector: { matchLabels: labels }, template, ...spec } });
}
const cases = {
  "misspelt field of a container": create({ redinessProbe: {} }),
  "unknown field of the spec": create({}, { replica: 3 }),
  "wrong type": create({}, { replicas: "three" }),
};
for (const [name, deployment] of Object.entries(cases)) {
  try {
    deployment.validate();
    console.log(`${name}: valid`);
  } catch (error) {
    console.log(`${name}: ${error.message.split("\n")[0]}`);
  }
}
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "misspelt field of a container: valid
unknown field of the spec: valid
wrong type: data/spec/replicas must be integer" ]
