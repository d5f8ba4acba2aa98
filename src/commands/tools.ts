/** `specchat tools`: lists the tools, and the operations that became none. */
import { ApiRegistry } from "../apis/api-registry.ts";
import { withDemoApi } from "../config/demo-api.ts";
import { StartError } from "../errors.ts";
import { stringifyJson } from "../json.ts";
import type { AnyTool, Toolbox } from "../tools/types.ts";
import { withPlainOutput } from "./plain-output.ts";
import { readLimit, searchTools, searchToolsForAll } from "./search-tools.ts";
import { LOADING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import type { CommandContext } from "./types.ts";

export const tools = withPlainOutput({
  spec: {
    description: "list the tools of the API, of modules and of MCP servers",
    flags: {
      json: {
        description:
          "print a JSON array of {name, method, path, description, inputSchema, tokens}; a custom tool has a source instead of method and path",
      },
      rejected: {
        description:
          "print the operations that became no tool instead, a JSON array of {method, path, reason}",
      },
      search: {
        placeholder: "WORDS",
        description:
          "print the tools that a model finds with these words instead, best first, each with a score",
      },
      limit: { placeholder: "N", description: "the number of tools that --search prints; 10 when unset" },
      explain: { description: "with --search: print the words that matched" },
      "search-file": {
        placeholder: "FILE",
        description:
          "search for each text of a JSON array, and print {indexMs, results: [{query, ms, isConfident, tools}]}",
      },
    },
  },
  async run({ loaded, terminal, ports, useDemoModel }) {
    const config = withDemoApi(loaded.config, useDemoModel);
    const { flags } = loaded.arguments;
    const { json, rejected: onlyRejected } = flags;
    const apis = await withProgressMessage(
      terminal,
      LOADING_DOCUMENTS,
      // The listing shows how to correct a rule that matches nothing.
      ApiRegistry.load({ ...config, allowUnmatched: true }, ports, false),
    );
    await apis.stop();
    const { ruleReport, tools, toolbox, warnings } = apis.current;
    const { rejected } = toolbox;
    terminal.err(ruleReport.lines.map((text) => `rule: ${text}\n`).join(""));
    terminal.err(warnings.map((text) => `Warning: ${text}\n`).join(""));
    const search = { limit: readLimit(flags.limit), json: json === true, explain: flags.explain === true };
    const file = flags["search-file"];
    if (typeof file === "string")
      terminal.out(await searchToolsForAll(tools, await readQueryFile(file, ports), file, search));
    else if (typeof flags.search === "string") terminal.out(await searchTools(tools, flags.search, search));
    else if (onlyRejected) terminal.out(`${stringifyJson(rejected.map(toRejectionListing), 2)}\n`);
    else {
      terminal.out(json ? `${stringifyJson(tools.map(toListing), 2)}\n` : formatTable(tools));
      terminal.err(rejected.map(formatRejection).join(""));
    }
    const { unmatched } = ruleReport;
    if (unmatched === undefined || loaded.config.allowUnmatched) return 0;
    terminal.err(`${unmatched}\n`);
    return 1;
  },
});

/** @throws StartError */
async function readQueryFile(path: string, { io }: CommandContext["ports"]): Promise<string> {
  try {
    return await io.readFile(path).text();
  } catch (error) {
    throw new StartError(`--search-file ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function toRejectionListing({ method, path, reason }: Toolbox["rejected"][number]) {
  return { method, path, reason };
}

function toListing(tool: AnyTool) {
  const { name, description, inputSchema, tokens } = tool;
  const origin =
    "operation" in tool
      ? { method: tool.operation.method, path: tool.operation.path }
      : { source: tool.source };
  return { name, ...origin, description, inputSchema, tokens };
}

function formatTable(tools: readonly AnyTool[]): string {
  const width = Math.min(48, Math.max(0, ...tools.map(({ name }) => name.length)));
  const rows = tools.map(
    (tool) => `${tool.name.padEnd(width)}  ${originOf(tool)}  (${tool.tokens} tokens)\n`,
  );
  const total = tools.reduce((sum, tool) => sum + tool.tokens, 0);
  return `${rows.join("")}\n${tools.length} tools, about ${total.toLocaleString("en-US")} tokens in every request\n`;
}

function originOf(tool: AnyTool): string {
  if (!("operation" in tool)) return tool.source;
  return `${tool.operation.method.padEnd(6)} ${tool.operation.path}`;
}

function formatRejection({ method, path, reason }: Toolbox["rejected"][number]): string {
  return `no tool: ${method} ${path}: ${reason}\n`;
}
