/** `specchat tools`: lists the tools, and the operations that became none. */
import { ApiRegistry } from "../apis/api-registry.ts";
import { withDemoApi } from "../config/demo-api.ts";
import { StartError } from "../errors.ts";
import { stringifyJson } from "../json.ts";
import type { AnyTool, Tool, Toolbox } from "../tools/types.ts";
import { enrichTools } from "./enrich-tools.ts";
import { createStartingOverlay, formatProblem, lintTools } from "./lint-tools.ts";
import { withPlainOutput } from "./plain-output.ts";
import { readLimit, searchTools, searchToolsForAll } from "./search-tools.ts";
import { LOADING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import { terminalCatalog } from "./terminal-catalog.ts";
import type { CommandContext, Terminal } from "./types.ts";

export const tools = withPlainOutput(async (context) => {
  const { loaded, terminal, ports, useDemoModel } = context;
  const config = withDemoApi(loaded.config, useDemoModel);
  const { flags } = loaded.arguments;
  if (flags.enrich === true) return await enrichTools(context);
  const { json, rejected: onlyRejected } = flags;
  const apis = await withProgressMessage(
    terminal,
    LOADING_DOCUMENTS,
    // The listing shows how to correct a rule that matches nothing.
    ApiRegistry.load({ ...config, allowUnmatched: true }, ports, false),
  );
  await apis.stop();
  const { ruleReport, warnings } = apis.current;
  const { tools, toolbox } = await terminalCatalog(apis, config, ports);
  const { rejected } = toolbox;
  terminal.err(ruleReport.lines.map((text) => `rule: ${text}\n`).join(""));
  terminal.err(warnings.map((text) => `Warning: ${text}\n`).join(""));
  const search = { limit: readLimit(flags.limit), json: json === true, explain: flags.explain === true };
  const file = flags["search-file"];
  if (typeof file === "string")
    terminal.out(await searchToolsForAll(tools, await readQueryFile(file, ports), file, search));
  else if (typeof flags.search === "string") terminal.out(await searchTools(tools, flags.search, search));
  else if (flags.lint === true) return await lint(toolbox.tools, terminal);
  else if (onlyRejected) terminal.out(`${stringifyJson(rejected.map(toRejectionListing), 2)}\n`);
  else {
    terminal.out(json ? `${stringifyJson(tools.map(toListing), 2)}\n` : formatTable(tools));
    terminal.err(rejected.map(formatRejection).join(""));
  }
  const { unmatched } = ruleReport;
  if (unmatched === undefined || loaded.config.allowUnmatched) return 0;
  terminal.err(`${unmatched}\n`);
  return 1;
});

/** Resolves to 1 when an operation has a problem. */
async function lint(operations: readonly Tool[], terminal: Terminal): Promise<0 | 1> {
  const problems = await lintTools(operations);
  terminal.out(createStartingOverlay(problems));
  terminal.err(problems.map(formatProblem).join(""));
  terminal.err(`${problems.length} of ${operations.length} operations have problems\n`);
  return problems.length > 0 ? 1 : 0;
}

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
