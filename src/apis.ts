/** The APIs of the settings: their documents read, their operations made tools. Without a document, the built-in shop. */
import { apiSettings } from "./config/per-api.ts";
import type { Config } from "./config/settings.ts";
import { serveShop } from "./demo/shop.ts";
import { StartError } from "./errors.ts";
import { readDescription, readDescriptionText } from "./openapi/read.ts";
import type { ReadIo } from "./openapi/read-io.ts";
import type { ApiDescription } from "./openapi/types.ts";
import { decideBaseUrl } from "./tools/base-url.ts";
import { createExecutor } from "./tools/execute.ts";
import { createPathFilter } from "./tools/path-filter.ts";
import { noTokens } from "./tools/token-source.ts";
import { createToolbox } from "./tools/toolbox.ts";
import type { Api, Toolbox } from "./tools/types.ts";

export interface ApisPorts {
  readonly io: ReadIo;
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** An API with the document it was read from. */
export interface DescribedApi {
  readonly api: Api;
  readonly description: ApiDescription;
}

export interface Apis {
  readonly described: readonly DescribedApi[];
  readonly toolbox: Toolbox;
  /** The built-in shop is the API. */
  readonly isShop: boolean;
  stop(): Promise<void>;
}

/** @throws DocumentError or StartError: a document cannot be read, or an API's address cannot be told. */
export async function loadApis(config: Config, ports: ApisPorts): Promise<Apis> {
  const shop = config.spec.length === 0 ? serveShop({ now: ports.now }) : undefined;
  const described = shop
    ? [describedShop(await readDescriptionText(shop.document, "the built-in shop", ports.io), shop.url)]
    : await Promise.all(apiSettings(config).map((settings) => describe(settings, ports)));
  const toolbox = createToolbox({
    apis: described,
    filter: createPathFilter({
      allowed: config.allowedPaths,
      excluded: config.excludedPaths,
      builtIn: [config.chatEndpoint, "/docs", "/redoc", "/openapi.json"],
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
    tokens: noTokens,
    now: () => performance.now(),
  });
  return { described, toolbox, isShop: shop !== undefined, stop: async () => shop?.stop() };
}

type ApiSettings = ReturnType<typeof apiSettings>[number];

async function describe(settings: ApiSettings, { io }: ApisPorts): Promise<DescribedApi> {
  const description = await readDescription(settings.spec, io);
  const decided = decideBaseUrl({
    setting: settings.baseUrl,
    servers: description.servers,
    documentUrl: description.url,
  });
  if (decided.outcome === "unknown") throw new StartError(`${description.source}: ${decided.problem}`);
  const { name, headers, baseUrl: fixed } = settings;
  const api = { name, baseUrl: decided.baseUrl, baseUrlIsFixed: fixed !== undefined, headers };
  return { api: { ...api, securitySchemes: description.securitySchemes }, description };
}

function describedShop(description: ApiDescription, url: string): DescribedApi {
  return {
    api: { name: "", baseUrl: url, securitySchemes: description.securitySchemes, headers: {} },
    description,
  };
}
