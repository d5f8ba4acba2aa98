/**
 * `bun run bench [name …]` runs the benchmarks. Each measurement is compared with a baseline of the same run.
 * `bun run bench corpus FOLDER [EVERY]` compares requests with a second reading of the folder's documents.
 * `bun run bench fuzz` attacks with mutated input, `bun run bench crash` kills servers: see fuzz/index.ts and crash.ts.
 */
import { parseArgs } from "node:util";
import { access } from "./access.ts";
import { attacks } from "./attacks.ts";
import { corpus } from "./corpus.ts";
import { crash } from "./crash.ts";
import { decoding } from "./decoding.ts";
import { document } from "./document.ts";
import { fuzz } from "./fuzz/index.ts";
import { idle } from "./idle.ts";
import type { Measurement } from "./measurement.ts";
import { operation } from "./operation.ts";
import { page } from "./page.ts";
import { reload } from "./reload.ts";
import { request } from "./request.ts";
import { responses } from "./responses.ts";
import { results } from "./results.ts";
import { resume } from "./resume.ts";
import { search } from "./search.ts";
import { session } from "./session.ts";
import { start } from "./start.ts";
import { stored } from "./stored.ts";
import { streaming } from "./streaming.ts";
import { turns } from "./turns.ts";

const benchmarks: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  start,
  document,
  reload,
  request,
  search,
  decoding,
  streaming,
  responses,
  turns,
  session,
  stored,
  resume,
  idle,
  access,
  attacks,
  results,
  page,
  operation,
};

const [command, folder, every] = process.argv.slice(2);
if (command === "fuzz" || command === "crash") {
  const text = { type: "string" } as const;
  const options = { cases: text, minutes: text, seed: text, only: text, rounds: text };
  const { values } = parseArgs({ args: process.argv.slice(3), options });
  process.exit((await (command === "fuzz" ? fuzz : crash)(values)) ? 0 : 1);
}
if (command === "corpus") {
  if (folder === undefined) {
    process.stderr.write("usage: bun run bench corpus FOLDER [EVERY]\n");
    process.exit(2);
  }
  process.exit((await corpus(folder, Number(every ?? 1))) ? 0 : 1);
}

const selected = process.argv.slice(2);
const unknown = selected.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  process.stderr.write(
    `unknown benchmark ${unknown.join(", ")}; expected one of ${Object.keys(benchmarks).join(", ")}\n`,
  );
  process.exit(2);
}
let missed = 0;
for (const [name, runBenchmark] of Object.entries(benchmarks)) {
  if (selected.length > 0 && !selected.includes(name)) continue;
  for (const measurement of await runBenchmark()) {
    process.stdout.write(`${formatLine(measurement)}\n`);
    if (measurement.ratio && measurement.ratio.of > measurement.ratio.target) missed += 1;
  }
}
process.exit(missed === 0 ? 0 : 1);

function formatLine({ name, value, ratio }: Measurement): string {
  const comparison = ratio
    ? `${ratio.of.toFixed(2)} × ${ratio.to} (target ≤ ${ratio.target})${ratio.of > ratio.target ? "  MISSED" : ""}`
    : "";
  return `${name.padEnd(44)} ${value.padEnd(12)} ${comparison}`.trimEnd();
}
