/** `specchat config`: the effective settings and where each came from. Reads nothing else and reaches nobody. */
import { describeConfig, formatConfig } from "../config/describe.ts";
import type { Command } from "./types.ts";

export const config: Command = {
  spec: {
    description: "show the effective settings and where each came from",
    flags: { json: { description: "as a JSON array of {name, flag, group, value, source}" } },
  },
  async run({ loaded, terminal }) {
    const rows = describeConfig(loaded);
    terminal.out(
      loaded.arguments.flags.json ? `${JSON.stringify(rows, null, 2)}\n` : `${formatConfig(rows)}\n`,
    );
    for (const warning of loaded.warnings) terminal.err(`Warning: ${warning}\n`);
    return 0;
  },
};
