/** The command line of `bun run bench`. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BENCHMARKS } from "./figures/table.ts";
import { findExecutable } from "./harness/executable.ts";
import type { Bench } from "./harness/types.ts";

export interface Selection {
  readonly bench: Bench;
  /** The names of the benchmarks that run. */
  readonly names: readonly string[];
  /** The file that receives all samples. */
  readonly json: string | undefined;
  /** Writes the figures into the manual. */
  readonly isForManual: boolean;
}

/** Reads the arguments and builds the other build. @throws Error for an unknown name or option. */
export async function readOptions(args: readonly string[]): Promise<Selection> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: "string", default: "" },
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      against: { type: "string" },
      profile: { type: "boolean", default: false },
      json: { type: "string" },
      manual: { type: "boolean", default: false },
    },
  });
  const selected = [...positionals, ...values.only.split(",")].filter((name) => name !== "");
  const unknown = selected.filter((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown.length > 0)
    throw new Error(
      `unknown benchmark ${unknown.join(", ")}; expected one of ${Object.keys(BENCHMARKS).join(", ")}`,
    );
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
  if (!(rounds >= 1)) throw new Error(`--rounds ${values.rounds}: expected a number of 1 or more`);
  return {
    names: Object.keys(BENCHMARKS).filter((name) => selected.length === 0 || selected.includes(name)),
    json: values.json,
    isForManual: values.manual,
    bench: {
      rounds,
      isQuick: values.quick,
      against: values.against
        ? {
            name: values.against,
            executable: await findExecutable(values.against),
          }
        : undefined,
      profileFolder: values.profile ? await mkdtemp(join(tmpdir(), "specchat-profile-")) : undefined,
    },
  };
}
