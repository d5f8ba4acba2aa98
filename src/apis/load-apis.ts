/**
 * The APIs of the settings: their documents read, their operations made tools; and beside these the tools of one's own.
 * Without a document, the built-in shop.
 */
import type { ToolDefinition } from "../chat/types.ts";
import { resolveApiSettings } from "../config/per-api.ts";
import type { Config } from "../config/settings.ts";
import type { ShopServer } from "../demo/shop.ts";
import type { ReadIo } from "../openapi/document/read-io.ts";
import { advertisedTools, FILTER_TOKENS } from "../results/definitions.ts";
import type { Log } from "../telemetry/log.ts";
import { createTokenSource } from "../tools/auth/token-source.ts";
import { createToolFinder, normalizeName } from "../tools/catalog/find-tool.ts";
import { createOperationFilter } from "../tools/catalog/operation-filter.ts";
import { type RuleReport, reportRules } from "../tools/catalog/rule-report.ts";
import { estimateTokens } from "../tools/catalog/tool.ts";
import type { LoadedTools } from "../tools/custom/load.ts";
import { createExecutor } from "../tools/http/execute.ts";
import { createToolbox } from "../tools/toolbox.ts";
import type { AnyTool, CustomTool, Tool, Toolbox } from "../tools/types.ts";
import { type DescribedApi, describeApi, describeShop } from "./describe-api.ts";

export interface ApisPorts {
  readonly io: ReadIo;
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** What a process that we start is given of our own environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What the documents say, and what came of it. */
export interface ApiDocuments {
  readonly describedApis: readonly DescribedApi[];
  readonly titles: readonly string[];
  readonly toolbox: Toolbox;
  /** What overlays, `x-specchat` and filters did. */
  readonly ruleReport: RuleReport;
}

export interface ToolCatalog extends ApiDocuments {
  /** Tools that are no operations. Their names differ from those of the toolbox. */
  readonly custom: readonly CustomTool[];
  /** Those of the toolbox, then the custom ones. */
  readonly tools: readonly AnyTool[];
  /** By the model's spelling, as {@link Toolbox} finds its own. */
  find(name: string): AnyTool | undefined;
  /** What a model is offered: all of them and our own. The same until the documents change. */
  readonly advertised: readonly ToolDefinition[];
  /** About what these definitions cost in every request. */
  readonly toolTokens: number;
  /** For the operator, one line each: rules that do not work, tools that are left out, servers of tools that do not answer. */
  readonly warnings: readonly string[];
}

/** @throws DocumentError or StartError: a document cannot be read, or an API's address cannot be told. */
export async function loadDocuments(
  config: Config,
  ports: ApisPorts,
  shop: ShopServer | undefined,
  requiresBaseUrl: boolean,
): Promise<ApiDocuments> {
  const describedApis = shop
    ? [await describeShop(shop, config.overlay, ports.io)]
    : await Promise.all(
        resolveApiSettings(config).map((settings) => describeApi(settings, ports.io, requiresBaseUrl)),
      );
  const toolbox = createToolbox({
    apis: describedApis,
    filter: createOperationFilter({
      ...config,
      builtInPaths: [config.chatEndpoint, "/docs", "/redoc", "/openapi.json"],
    }),
    includeDeprecated: config.includeDeprecated,
    descriptionLimit: config.descriptionLimit,
    allowedHosts: config.allowHosts,
    execute: createExecutor({
      fetch: ports.fetch,
      now: () => ports.now().getTime(),
      sleep: ports.sleep,
      timeoutMs: config.timeout * 1000,
      maxResponseSize: config.maxResponseSize,
      allowedHosts: config.allowHosts,
    }),
    tokenSource: createTokenSource({
      fetch: ports.fetch,
      now: () => ports.now().getTime(),
      timeoutMs: config.timeout * 1000,
    }),
    now: () => performance.now(),
  });
  return {
    describedApis,
    titles: describedApis.map(({ description }) => description.title),
    toolbox,
    ruleReport: reportRules(
      describedApis.map(({ description }) => description.overlays),
      toolbox,
    ),
  };
}

/** The tools of the documents and those beside them, in this order. */
export function joinTools(documents: ApiDocuments, extraTools: readonly LoadedTools[]): ToolCatalog {
  const { toolbox, ruleReport } = documents;
  const { custom, taken } = resolveNameConflicts(
    extraTools.flatMap(({ tools }) => tools),
    toolbox.tools,
  );
  const tools = [...toolbox.tools, ...custom];
  const advertised = advertisedTools(tools);
  return {
    ...documents,
    custom,
    tools,
    find: createToolFinder(tools),
    advertised,
    toolTokens: advertised.reduce((sum, { name, description, inputSchema }, index) => {
      const tool = tools[index];
      if (!tool) return sum + estimateTokens(name, description, inputSchema);
      return sum + tool.tokens + (inputSchema === tool.inputSchema ? 0 : FILTER_TOKENS);
    }, 0),
    warnings: [...ruleReport.warnings, ...extraTools.flatMap(({ problems }) => problems), ...taken],
  };
}

/** An operation keeps its name, and of one's own tools the first has it. Case and separators do not tell names apart. */
function resolveNameConflicts(customTools: readonly CustomTool[], operations: readonly Tool[]) {
  const names = new Map(
    operations.map(({ name }) => [normalizeName(name), `an operation of the API is named ${name}`]),
  );
  const custom: CustomTool[] = [];
  const taken: string[] = [];
  for (const tool of customTools) {
    const owner = names.get(normalizeName(tool.name));
    if (owner === undefined) {
      custom.push(tool);
      names.set(normalizeName(tool.name), `${tool.source} has a tool named ${tool.name}`);
    } else
      taken.push(
        `${tool.server === undefined ? "tools-dir " : ""}${tool.source}: the name ${tool.name} is taken, ${owner}`,
      );
  }
  return { custom, taken };
}
