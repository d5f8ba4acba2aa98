/** `specchat call`: runs one tool call and prints the request with the API's response, or the result of a custom tool. */
import { randomUUID } from "node:crypto";
import { TERMINAL } from "../access/caller.ts";
import { ApiRegistry } from "../apis/api-registry.ts";
import { withKnowledgeBases } from "../app/create-model.ts";
import type { SessionId } from "../chat/types.ts";
import { withDemoApi } from "../config/demo-api.ts";
import { StartError } from "../errors.ts";
import { parseJson, stringifyJson } from "../json.ts";
import { findUnusedCredentials } from "../tools/auth/unused-credentials.ts";
import { callCustomTool } from "../tools/custom/call.ts";
import { maskRequest } from "../tools/http/mask.ts";
import { maskSecrets } from "../tools/http/mask-secrets.ts";
import { isFailedStatus } from "../tools/http/response.ts";
import { readResponseBody } from "../tools/http/response-body.ts";
import type { HttpResult, ToolRequest } from "../tools/http/types.ts";
import type { CustomTool } from "../tools/types.ts";
import { indentJson } from "./indent-json.ts";
import { withPlainOutput } from "./plain-output.ts";
import { LOADING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import { terminalCatalog } from "./terminal-catalog.ts";
import type { CommandContext } from "./types.ts";

export const call = withPlainOutput(async ({ loaded, terminal, ports, useDemoModel, stop }) => {
  const { flags, positionals } = loaded.arguments;
  const name = positionals[0] ?? "";
  const values = parseToolArguments(flags.args);
  const apis = await withProgressMessage(
    terminal,
    LOADING_DOCUMENTS,
    ApiRegistry.load(withDemoApi(loaded.config, useDemoModel), withKnowledgeBases(loaded.config, ports)),
  );
  try {
    const dryRun = flags["dry-run"] === true;
    const { find, toolbox } = await terminalCatalog(apis, loaded.config, ports);
    const tool = find(name);
    if (tool && !("operation" in tool)) {
      if (dryRun)
        throw new StartError(
          `--dry-run prints HTTP requests only: ${tool.name} is a tool of ${tool.source}.`,
        );
      return await runCustomTool(tool, values, { loaded, terminal, ports, stop });
    }
    for (const { api, description } of apis.current.describedApis)
      for (const warning of findUnusedCredentials(api, description)) terminal.err(`Warning: ${warning}\n`);
    const context = { signal: stop, credentials: {} };
    const prepared = await toolbox.prepare({ id: "call", name, arguments: values }, context, {
      dryRun,
    });
    if (prepared.outcome === "refused") throw new StartError(prepared.problem);
    const { request, secrets } = prepared;
    const printedRequest = toPrintable(flags["show-secrets"] ? request : maskRequest(request, secrets));
    if (dryRun) {
      terminal.out(`${stringifyJson(printedRequest, 2)}\n`);
      return 0;
    }
    const httpResult = await toolbox.send(prepared, stop);
    if (httpResult.outcome === "failed") throw new StartError(httpResult.problem);
    const { status, headers, incomplete } = httpResult;
    const fields = { request: printedRequest, status, headers, ...(incomplete && { incomplete }) };
    const head = stringifyJson(fields, 2).replace(/\n\}$/, "");
    const printed = `${head},\n  "body": ${formatBody(httpResult)}\n}\n`;
    terminal.out(flags["show-secrets"] ? printed : maskSecrets(printed, prepared.secretValues ?? []));
    return isFailedStatus(status) ? 1 : 0;
  } finally {
    await apis.stop();
  }
});

/** Prints the result as the model would read it. A file is printed as its description. */
async function runCustomTool(
  tool: CustomTool,
  values: Record<string, unknown>,
  { loaded, terminal, ports, stop }: Pick<CommandContext, "loaded" | "terminal" | "ports" | "stop">,
): Promise<0 | 1> {
  const session = randomUUID() as SessionId;
  const call = { id: "call", name: tool.name, arguments: values };
  const context = { signal: stop, caller: { ...TERMINAL, session } };
  const { status, content } = await callCustomTool(tool, call, context, {
    timeoutMs: loaded.config.timeout * 1000,
    now: () => performance.now(),
    onError: (detail) => ports.log.debug("tool failed", { tool: tool.name, detail }),
  });
  terminal.out(`${stringifyJson({ tool: tool.name, source: tool.source, status, content }, 2)}\n`);
  return status === "ok" ? 0 : 1;
}

function parseToolArguments(text: string | true | undefined): Record<string, unknown> {
  if (typeof text !== "string") return {};
  try {
    const value = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (error) {
    throw new StartError(
      `--args is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  throw new StartError("--args must be a JSON object, such as '{\"id\": 7}'");
}

/** Returns the request as JSON. Bytes become base64. */
function toPrintable(request: ToolRequest) {
  const { method, url, headers, body } = request;
  const text = (content: string | Uint8Array) => (typeof content === "string" ? content : content.toBase64());
  if (body === null || typeof body === "string" || body instanceof Uint8Array) {
    return { method, url, headers, body: body === null ? null : text(body) };
  }
  return { method, url, headers, body: body.map((part) => ({ ...part, content: text(part.content) })) };
}

/** Returns the body as JSON: JSON as it is, other text as a string, bytes as base64, and null for an empty body. */
function formatBody({ body, headers }: Extract<HttpResult, { outcome: "received" }>): string {
  if (body.length === 0) return "null";
  const content = readResponseBody(body, headers);
  if (content.type === "file") return JSON.stringify(body.toBase64());
  const { text } = content;
  if (!/\bjson\b/.test(headers["content-type"] ?? "")) return JSON.stringify(text);
  try {
    JSON.parse(text);
    return indentJson(text, 1);
  } catch {
    return JSON.stringify(text);
  }
}
