/** `bun run bench [name …]`: the product's figures, each as a ratio to a baseline of the same run. */
import { decoding } from "./decoding.ts";
import { document } from "./document.ts";
import type { Measurement } from "./figure.ts";
import { idle } from "./idle.ts";
import { request } from "./request.ts";
import { resume } from "./resume.ts";
import { session } from "./session.ts";
import { start } from "./start.ts";
import { stored } from "./stored.ts";
import { streaming } from "./streaming.ts";
import { turns } from "./turns.ts";

const benches: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  start,
  document,
  request,
  decoding,
  streaming,
  turns,
  session,
  stored,
  resume,
  idle,
};

const selected = process.argv.slice(2);
const unknown = selected.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(`no bench ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}\n`);
  process.exit(2);
}
let missed = 0;
for (const [name, bench] of Object.entries(benches)) {
  if (selected.length > 0 && !selected.includes(name)) continue;
  for (const figure of await bench()) {
    process.stdout.write(`${formatLine(figure)}\n`);
    if (figure.ratio && figure.ratio.of > figure.ratio.target) missed += 1;
  }
}
process.exit(missed === 0 ? 0 : 1);

function formatLine({ name, value, ratio }: Measurement): string {
  const compared = ratio
    ? `${ratio.of.toFixed(2)} × ${ratio.to} (at most ${ratio.target})${ratio.of > ratio.target ? "  MISSED" : ""}`
    : "";
  return `${name.padEnd(40)} ${value.padEnd(12)} ${compared}`.trimEnd();
}
