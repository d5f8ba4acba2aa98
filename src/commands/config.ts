/** `specchat config`: prints the effective settings and their sources. It reads nothing else and sends no requests. */
import { describeConfig, formatConfig } from "../config/describe.ts";
import { withPlainOutput } from "./plain-output.ts";

export const config = withPlainOutput(async ({ loaded, terminal }) => {
  const rows = describeConfig(loaded);
  terminal.out(
    loaded.arguments.flags.json ? `${JSON.stringify(rows, null, 2)}\n` : `${formatConfig(rows)}\n`,
  );
  for (const warning of loaded.warnings) terminal.err(`Warning: ${warning}\n`);
  return 0;
});
