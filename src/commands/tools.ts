/** `specchat tools`: what the model may call, and which operations it may not. */
import { LiveApis } from "../live-apis.ts";
import type { Rejection } from "../openapi/types.ts";
import type { Tool } from "../tools/types.ts";
import { patiently, READING } from "./patiently.ts";
import type { Command } from "./types.ts";

export const tools: Command = {
  shape: {
    describe: "list the tools made from the API's operations",
    flags: {
      json: { describe: "as a JSON array of {name, method, path, description, inputSchema, tokens}" },
      rejected: {
        describe: "the operations that became no tool instead, as a JSON array of {method, path, reason}",
      },
    },
  },
  async run({ loaded, terminal, ports }) {
    const { json, rejected: onlyRejected } = loaded.arguments.flags;
    const apis = await patiently(terminal, READING, LiveApis.open(loaded.config, ports, false));
    await apis.stop();
    const { rules, toolbox } = apis.current;
    const { tools, rejected } = toolbox;
    terminal.err(rules.lines.map((text) => `rule: ${text}\n`).join(""));
    terminal.err(rules.warnings.map((text) => `Warning: ${text}\n`).join(""));
    if (onlyRejected) {
      terminal.out(
        `${JSON.stringify(
          rejected.map(({ method, path, reason }) => ({ method, path, reason })),
          null,
          2,
        )}\n`,
      );
      return 0;
    }
    terminal.out(json ? `${JSON.stringify(tools.map(listed), null, 2)}\n` : table(tools));
    terminal.err(rejected.map(line).join(""));
    return 0;
  },
};

function listed({ name, operation, description, inputSchema, tokens }: Tool) {
  return { name, method: operation.method, path: operation.path, description, inputSchema, tokens };
}

function table(tools: readonly Tool[]): string {
  const width = Math.min(48, Math.max(0, ...tools.map(({ name }) => name.length)));
  const rows = tools.map(
    ({ name, operation, tokens }) =>
      `${name.padEnd(width)}  ${operation.method.padEnd(6)} ${operation.path}  (${tokens} tokens)\n`,
  );
  const total = tools.reduce((sum, tool) => sum + tool.tokens, 0);
  return `${rows.join("")}\n${tools.length} tools, about ${total.toLocaleString("en-US")} tokens in every request\n`;
}

function line({ method, path, reason }: Rejection): string {
  return `no tool: ${method} ${path}: ${reason}\n`;
}
