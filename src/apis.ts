/** The APIs of the settings: their documents read, their operations made tools. Without a document, the built-in shop. */
import type { ToolDefinition } from "./chat/types.ts";
import { apiSettings } from "./config/per-api.ts";
import type { Config } from "./config/settings.ts";
import type { ServedShop } from "./demo/shop.ts";
import { type DescribedApi, describeApi, describeShop } from "./describe-api.ts";
import type { ReadIo } from "./openapi/read-io.ts";
import { FILTER_TOKENS, offeredTools } from "./results/definitions.ts";
import { createExecutor } from "./tools/execute.ts";
import { createOperationFilter } from "./tools/operation-filter.ts";
import { type RuleReport, reportRules } from "./tools/rule-report.ts";
import { createTokenSource } from "./tools/token-source.ts";
import { estimateTokens } from "./tools/tool.ts";
import { createToolbox } from "./tools/toolbox.ts";
import type { Toolbox } from "./tools/types.ts";

export interface ApisPorts {
  readonly io: ReadIo;
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Apis {
  readonly described: readonly DescribedApi[];
  readonly titles: readonly string[];
  readonly toolbox: Toolbox;
  /** What a model is offered: the tools of the toolbox and our own. The same until the documents change. */
  readonly offered: readonly ToolDefinition[];
  /** About what these definitions cost in every request. */
  readonly toolTokens: number;
  /** What overlays, `x-specchat` and filters did. */
  readonly rules: RuleReport;
}

/** @throws DocumentError or StartError: a document cannot be read, or an API's address cannot be told. */
export async function loadApis(
  config: Config,
  ports: ApisPorts,
  shop: ServedShop | undefined,
  needsAddress: boolean,
): Promise<Apis> {
  const described = shop
    ? [await describeShop(shop, config.overlay, ports.io)]
    : await Promise.all(apiSettings(config).map((settings) => describeApi(settings, ports.io, needsAddress)));
  const toolbox = createToolbox({
    apis: described,
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
    tokens: createTokenSource({
      fetch: ports.fetch,
      now: () => ports.now().getTime(),
      timeoutMs: config.timeout * 1000,
    }),
    now: () => performance.now(),
  });
  const offered = offeredTools(toolbox.tools);
  return {
    described,
    titles: described.map(({ description }) => description.title),
    toolbox,
    offered,
    toolTokens: offered.reduce((sum, { name, description, inputSchema }, index) => {
      const tool = toolbox.tools[index];
      if (!tool) return sum + estimateTokens(name, description, inputSchema);
      return sum + tool.tokens + (inputSchema === tool.inputSchema ? 0 : FILTER_TOKENS);
    }, 0),
    rules: reportRules(
      described.map(({ description }) => description.overlays),
      toolbox,
    ),
  };
}
