/** Loads the API documents of the settings (none, or the built-in shop, too), and combines their tools with custom tools. */
import type { Config } from "../config/settings.ts";
import type { ShopServer } from "../demo/shop.ts";
import { type LogCode, StartError } from "../errors.ts";
import type { ReadIo } from "../openapi/document/read-io.ts";
import { type BuiltinToolNames, builtinToolNames } from "../results/definitions.ts";
import type { Log } from "../telemetry/log.ts";
import { currentTraceparent } from "../telemetry/trace-context.ts";
import { createTokenSource } from "../tools/auth/token-source.ts";
import { findUnusedCredentials } from "../tools/auth/unused-credentials.ts";
import { createToolFinder, normalizeName } from "../tools/catalog/find-tool.ts";
import { type ApiTools, makeTools } from "../tools/catalog/make-tools.ts";
import { createOperationFilter } from "../tools/catalog/operation-filter.ts";
import { type RuleReport, reportRules } from "../tools/catalog/rule-report.ts";
import type { SearchKnowledgeBase } from "../tools/custom/knowledge-base.ts";
import type { LoadedTools } from "../tools/custom/load.ts";
import { createExecutor } from "../tools/http/execute.ts";
import { createToolbox } from "../tools/toolbox.ts";
import type { AnyTool, CustomTool, Tool, Toolbox } from "../tools/types.ts";
import type { DescribedApi } from "./describe-api.ts";
import { describeApis, type LoadOptions, type ReloadFailure } from "./describe-apis.ts";
import { type OfferedTools, type OfferSettings, offerTools } from "./offered-tools.ts";
import { runAtOnce, runInSlices } from "./slices.ts";

/** The interfaces to the outside world for loading and calling APIs. */
export interface ApisPorts {
  readonly io: ReadIo;
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** Searches knowledge bases. Without it there is no tool for them. */
  readonly searchKnowledgeBase?: SearchKnowledgeBase;
  /** The environment variables for child processes. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The loaded documents and the tools made from them. */
export interface ApiDocuments {
  readonly describedApis: readonly DescribedApi[];
  readonly titles: readonly string[];
  readonly toolbox: Toolbox;
  /** The effects of overlays, `x-specchat` and filters. */
  readonly ruleReport: RuleReport;
  /** Why documents could not be read again, one for each. Their previous versions are in use. */
  readonly failures: readonly ReloadFailure[];
}

/** All tools of one version: those of the documents, custom tools and MCP tools. */
export interface ToolCatalog extends ApiDocuments, OfferedTools {
  /** Custom and MCP tools. Their names differ from those of the toolbox. */
  readonly custom: readonly CustomTool[];
  /** The tools of the toolbox, then the custom ones. */
  readonly tools: readonly AnyTool[];
  /** Finds a tool by a name as the model spells it. Ignores case and separators. */
  find(name: string): AnyTool | undefined;
  readonly builtinNames: BuiltinToolNames;
  /** Returns a catalog with some of the tools, possibly changed. It finds, describes and calls no other. */
  restrict(operations: readonly Tool[], custom: readonly CustomTool[]): ToolCatalog;
  /** Warnings for the operator, one line each: rules without effect, omitted tools, unreachable MCP servers. */
  readonly warnings: readonly string[];
}

/**
 * Loads the documents.
 * @throws DocumentError or StartError when a document is unreadable, the address of an API is unknown, or an exclusion
 *   matches no operation.
 */
export async function loadDocuments(
  config: Config,
  ports: ApisPorts,
  shop: ShopServer | undefined,
  options: LoadOptions,
): Promise<ApiDocuments> {
  const { isServing = false } = options;
  const described = await describeApis(config, ports.io, shop, options);
  const describedApis = described.map(({ described }) => described);
  const builtInPaths = [config.chatEndpoint, "/docs", "/redoc", "/openapi.json"];
  const steps = makeTools(describedApis, {
    filter: createOperationFilter({ ...config, builtInPaths }),
    includeDeprecated: config.includeDeprecated,
    descriptionLimit: config.descriptionLimit,
    allowedHosts: config.allowHosts,
  });
  const apiTools = isServing ? await runInSlices(steps) : runAtOnce(steps);
  const toolbox = createApiToolbox(apiTools, config, ports);
  const ruleReport = reportRules(
    describedApis.map(({ description }) => description.overlays),
    toolbox,
    builtInPaths,
  );
  if (ruleReport.unmatched !== undefined && !config.allowUnmatched)
    throw new StartError(ruleReport.unmatched);
  return {
    describedApis,
    titles: describedApis.map(({ description }) => description.title),
    toolbox,
    ruleReport,
    failures: described.flatMap(({ failure }) => failure ?? []),
  };
}

/** A function of its own: the functions of a toolbox would keep the previous documents, a parameter of `loadDocuments`. */
function createApiToolbox(tools: ApiTools, config: Config, ports: ApisPorts): Toolbox {
  return createToolbox(tools, {
    execute: createExecutor({
      fetch: ports.fetch,
      traceparent: currentTraceparent,
      onUnreachable: (detail) =>
        ports.log.warning("the API does not respond", { code: "api_unreachable" satisfies LogCode, detail }),
      now: () => ports.now().getTime(),
      sleep: ports.sleep,
      timeoutMs: config.timeout * 1000,
      maxResponseSize: config.maxResponseSize,
      allowedHosts: config.allowHosts,
    }),
    endpointText: config.endpointText,
    tokenSource: createTokenSource({
      allowedHosts: config.allowHosts,
      fetch: ports.fetch,
      now: () => ports.now().getTime(),
      timeoutMs: config.timeout * 1000,
    }),
    now: () => performance.now(),
  });
}

/** Combines the tools of the documents with other tools, in this order. */
export function joinTools(
  documents: ApiDocuments,
  extraTools: readonly LoadedTools[],
  settings: OfferSettings,
): ToolCatalog {
  const { describedApis, toolbox, ruleReport } = documents;
  const { custom, conflicts } = resolveNameConflicts(
    extraTools.flatMap(({ tools }) => tools),
    toolbox.tools,
  );
  const warnings = [
    ...ruleReport.warnings,
    ...describedApis.flatMap(({ api, description }) => findUnusedCredentials(api, description)),
    ...extraTools.flatMap(({ problems }) => problems),
    ...conflicts,
  ];
  return createCatalog(documents, custom, warnings, settings);
}

/** Creates a catalog of the tools of documents and of others, whose names differ. */
function createCatalog(
  documents: ApiDocuments,
  custom: readonly CustomTool[],
  warnings: readonly string[],
  settings: OfferSettings,
): ToolCatalog {
  const { toolbox } = documents;
  const tools = [...toolbox.tools, ...custom];
  const findAmongAll = createToolFinder(tools);
  // A name that fits an operation and another tool is that of the operation, for its approval as for its call.
  const find = (name: string) => findAmongAll(name) ?? toolbox.find(name);
  const builtinNames = builtinToolNames(tools, settings);
  let offered: OfferedTools | undefined;
  // Made when it is first needed: it needs the definitions of all tools.
  const offer = () => {
    offered ??= offerTools({ tools, builtinNames, find }, settings);
    return offered;
  };
  return {
    ...documents,
    custom,
    tools,
    builtinNames,
    find,
    restrict: (operations, others) =>
      createCatalog({ ...documents, toolbox: toolbox.restrict(operations) }, others, warnings, settings),
    get advertised() {
      return offer().advertised;
    },
    get toolTokens() {
      return offer().toolTokens;
    },
    get search() {
      return offer().search;
    },
    listDefinitions: () => offer().listDefinitions(),
    warnings,
  };
}

/** Omits custom tools whose names are in use, ignoring case and separators. Operations come first, then tools in their order. */
function resolveNameConflicts(customTools: readonly CustomTool[], operations: readonly Tool[]) {
  const names = new Map(operations.map(({ name }) => [normalizeName(name), `API operation ${name}`]));
  const custom: CustomTool[] = [];
  const conflicts: string[] = [];
  for (const tool of customTools) {
    const owner = names.get(normalizeName(tool.name));
    if (owner === undefined) {
      custom.push(tool);
      names.set(normalizeName(tool.name), `tool ${tool.name} of ${tool.source}`);
    } else
      conflicts.push(
        `${tool.server === undefined ? "tools-dir " : ""}${tool.source}: tool ${tool.name} is left out because ${owner} has the same name`,
      );
  }
  return { custom, conflicts };
}
