/** The APIs of the settings: their documents read, their operations made tools. Without a document, the built-in shop. */
import type { ToolDefinition } from "./chat/types.ts";
import { apiSettings } from "./config/per-api.ts";
import type { Config } from "./config/settings.ts";
import { type ServedShop, serveShop } from "./demo/shop.ts";
import { StartError } from "./errors.ts";
import { withoutCredentials } from "./openapi/credentials.ts";
import { readDescription, readDescriptionText } from "./openapi/read.ts";
import type { ReadIo } from "./openapi/read-io.ts";
import type { ApiDescription } from "./openapi/types.ts";
import { FILTER_TOKENS, offeredTools } from "./results/definitions.ts";
import { decideBaseUrl } from "./tools/base-url.ts";
import { createExecutor } from "./tools/execute.ts";
import { createOperationFilter } from "./tools/operation-filter.ts";
import { type RuleReport, reportRules } from "./tools/rule-report.ts";
import { readCredentials } from "./tools/static-credentials.ts";
import { createTokenSource } from "./tools/token-source.ts";
import { estimateTokens } from "./tools/tool.ts";
import { createToolbox } from "./tools/toolbox.ts";
import type { Api, Tls, Toolbox } from "./tools/types.ts";

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
  /** Origin → headers with which its documents are asked for there. Secret. */
  readonly documentHeaders: NonNullable<ReadIo["headers"]>;
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

/** The APIs as they are now: swapped whole when a document has changed, so that a turn never sees half of each. */
export class LiveApis {
  /** The built-in shop is the API. */
  readonly isShop: boolean;
  readonly #load: () => Promise<Apis>;
  readonly #stop: () => Promise<void>;
  readonly #listeners: ((apis: Apis) => void)[] = [];
  #current: Apis;

  private constructor(current: Apis, load: () => Promise<Apis>, shop: ServedShop | undefined) {
    this.#current = current;
    this.#load = load;
    this.isShop = shop !== undefined;
    this.#stop = async () => shop?.stop();
  }

  /**
   * @param needsAddress false: nothing will be sent, so an API whose address cannot be told is no trouble.
   * @throws DocumentError or StartError: a document cannot be read, or an API's address cannot be told.
   */
  static async open(config: Config, ports: ApisPorts, needsAddress = true): Promise<LiveApis> {
    const shop = config.spec.length === 0 ? serveShop({ now: ports.now }) : undefined;
    const load = () => loadApis(config, ports, shop, needsAddress);
    return new LiveApis(await load(), load, shop);
  }

  get current(): Apis {
    return this.#current;
  }

  /** Told of every new version, once it is in use. */
  onChange(listener: (apis: Apis) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Reads the documents again. What is in use stays when they cannot be read or now name another address.
   * @throws DocumentError or StartError
   */
  async reload(): Promise<void> {
    const next = await this.#load();
    refuseMoves(this.#current, next);
    this.#current = next;
    for (const listener of this.#listeners) listener(next);
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}

/** A document that somebody changed must not lead the callers' credentials, or a client's secret, to another host. */
function refuseMoves(before: Apis, after: Apis): void {
  for (const [index, { api, description }] of after.described.entries()) {
    refuseTokenMoves(before.described[index]?.api, api, description.source);
    const [old, now] = [before.described[index]?.api.baseUrl ?? "", api.baseUrl].map(
      (url) => new URL(url).origin,
    );
    if (old === now) continue;
    throw new StartError(
      `${description.source} now names the server ${now} instead of ${old}; it is not followed there. Restart to use it, or pass --base-url.`,
    );
  }
}

function refuseTokenMoves(before: Api | undefined, after: Api, source: string): void {
  for (const [name, credential] of Object.entries(after.credentials ?? {})) {
    if (credential.type !== "client") continue;
    const [old, now] = [before, after].map((api) => tokenOrigin(api, name));
    if (old === now) continue;
    throw new StartError(
      `${source} now fetches tokens for ${name} from ${now} instead of ${old}; the client's secret is not sent there. Restart to use it.`,
    );
  }
}

function tokenOrigin(api: Api | undefined, name: string): string | undefined {
  const scheme = api && Object.hasOwn(api.securitySchemes, name) ? api.securitySchemes[name] : undefined;
  const url =
    scheme?.type === "oauth2" ? scheme.tokenUrl : scheme?.type === "openIdConnect" ? scheme.url : undefined;
  return url === undefined ? undefined : URL.parse(url, `${api?.baseUrl}/`)?.origin;
}

async function loadApis(
  config: Config,
  ports: ApisPorts,
  shop: ServedShop | undefined,
  needsAddress: boolean,
): Promise<Apis> {
  const described = shop
    ? [await describeShop(shop, config.overlay, ports.io)]
    : await Promise.all(apiSettings(config).map((settings) => describe(settings, ports, needsAddress)));
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

/** RFC 2606: a host that never exists. */
const NOWHERE = "http://address.invalid";

type ApiSettings = ReturnType<typeof apiSettings>[number];

async function describe(
  settings: ApiSettings,
  { io }: ApisPorts,
  needsAddress: boolean,
): Promise<DescribedApi> {
  const { name, spec, headers, baseUrl: fixed, specHeaders, overlays } = settings;
  const ownHeaders = URL.canParse(spec) ? { [new URL(spec).origin]: specHeaders } : {};
  const own = { ...io, headers: { ...io.headers, ...ownHeaders } };
  const documentHeaders = withoutCredentials(spec, own).io.headers ?? {};
  const description = await readDescription(spec, own, overlays);
  const { source, servers, url: documentUrl, securitySchemes } = description;
  const decided = decideBaseUrl({ setting: fixed, servers, documentUrl });
  if (decided.outcome === "unknown" && needsAddress) throw new StartError(`${source}: ${decided.problem}`);
  const baseUrl = decided.outcome === "ready" ? decided.baseUrl : NOWHERE;
  const credentials = credentialsOf(settings, securitySchemes);
  const tls = await tlsOf(settings, io);
  const api = {
    name,
    baseUrl,
    baseUrlIsFixed: fixed !== undefined,
    headers,
    credentials,
    securitySchemes,
    tls,
  };
  return { api, description, documentHeaders };
}

/** @throws StartError naming the scheme, never the value. */
function credentialsOf({ credentials }: ApiSettings, schemes: ApiDescription["securitySchemes"]) {
  try {
    return readCredentials(credentials, schemes);
  } catch (error) {
    throw new StartError(`--api-credential: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws StartError naming the file. */
async function tlsOf({ clientCert, clientKey, ca }: ApiSettings, io: ReadIo): Promise<Tls | undefined> {
  if (clientCert === undefined && clientKey === undefined && ca === undefined) return undefined;
  const read = (path: string | undefined) =>
    path === undefined
      ? undefined
      : io
          .readFile(path)
          .text()
          .catch(() => {
            throw new StartError(`${path}: this certificate or key cannot be read`);
          });
  const [cert, key, authorities] = await Promise.all([read(clientCert), read(clientKey), read(ca)]);
  return { cert, key, ca: authorities };
}

async function describeShop(
  { document, url }: ServedShop,
  overlays: readonly string[],
  io: ReadIo,
): Promise<DescribedApi> {
  const description = await readDescriptionText(document, "the built-in shop", io, overlays);
  return {
    api: { name: "", baseUrl: url, securitySchemes: description.securitySchemes, headers: {} },
    description,
    documentHeaders: io.headers ?? {},
  };
}
