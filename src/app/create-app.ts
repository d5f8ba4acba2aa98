/** The composition root: settings in, a working app out. The one file that chooses what stands behind each port. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { SessionClaims } from "../access/session-claims.ts";
import { ApiRegistry } from "../apis/api-registry.ts";
import { ConfigError } from "../config/load.ts";
import { docsPath, sessionsPath, uiPath, websocketPath } from "../config/paths.ts";
import type { Config } from "../config/settings.ts";
import type { App, Ports } from "../context.ts";
import { type AgentModel, createBedrockAgent } from "../model/agent/index.ts";
import { type BedrockOptions, checkModelId, createBedrock, parsePrices } from "../model/bedrock/index.ts";
import { createDemoModel } from "../model/demo/demo.ts";
import type { Model } from "../model/types.ts";
import { buildPage } from "../page/bundle.ts";
import { createPage } from "../page/page.ts";
import { createResultDisk } from "../results/disk.ts";
import { createPersistentResults } from "../results/persistent-store.ts";
import { BoundedResultStore } from "../results/store.ts";
import type { ResultStore } from "../results/types.ts";
import { FileStore } from "../store/file-store.ts";
import { type OpenedStore, openStore } from "../store/open.ts";
import { createTelemetry } from "../telemetry/telemetry.ts";
import { createTraces, withTracing } from "../telemetry/traces.ts";
import type { Traces } from "../telemetry/types.ts";

export const VERSION = packageJson.version;

/**
 * @param useDemoModel answer with the built-in model whatever the settings name: neither a document nor AWS is configured.
 * @throws ConfigError, DocumentError or StartError.
 */
export async function createApp(config: Config, ports: Ports, useDemoModel = false): Promise<App> {
  const modelId = useDemoModel ? "demo" : config.model;
  const isDemoModel = isDemoModelId(modelId);
  const warnings = isDemoModel ? [] : checkModelIds(config, [modelId, ...config.models]);
  const prices = await loadPrices(config, ports);
  const apis = await ApiRegistry.load(config, ports);
  const opened = ports.store
    ? { store: ports.store, expiresItself: true, warnings: [] }
    : await openConfiguredStore(config, ports);
  const traces = createConfiguredTraces(config, ports);
  const baseModel =
    ports.model ?? (isDemoModel ? createDemoModel() : createBedrockModel(config, modelId, ports, prices));
  const model = traces ? withTracing(baseModel, traces, ports.now) : baseModel;
  return {
    ...opened,
    apis,
    config,
    version: VERSION,
    log: ports.log,
    now: ports.now,
    sleep: ports.sleep,
    model,
    modelId,
    models: [...new Set([modelId, ...config.models])],
    isDemoModel,
    ...(!useDemoModel && {
      agents: { model: ports.agents ?? createAgentModel(config, ports), claims: new SessionClaims() },
    }),
    notice: isDemoModel ? DEMO_NOTICE : undefined,
    warnings: [
      ...warnings,
      ...authenticationWarnings(config),
      ...tracingWarnings(config),
      ...opened.warnings,
    ],
    files: new FileStore(config.maxFilesSize),
    results: createResultStore(config, ports),
    traces,
    telemetry: createTelemetry({ now: ports.now, cost: model.cost }),
    page: createPage(buildPage, {
      ui: uiPath(config),
      websocket: websocketPath(config),
      sessions: sessionsPath(config),
      docs: docsPath(config),
      title: apis.current.titles.join(", "),
    }),
  };
}

/** The store of the settings. `onlyReads`: nothing is written. @throws StartError */
export function openConfiguredStore(
  config: Config,
  { now, network }: Pick<Ports, "now" | "network">,
  readOnly = false,
): Promise<OpenedStore> {
  const transport = async () => {
    // Only DynamoDB needs it.
    const { createTransport } = await import("../model/bedrock/transport.ts");
    return createTransport({
      connectTimeoutMs: config.connectTimeout * 1000,
      proxyEnvironment: network?.proxies,
      certificates: network?.certificates,
    });
  };
  return openStore(config.store, { ...config, now, readOnly, transport });
}

/** Gives back all that {@link createApp} took. Nothing may run any more. */
export async function closeApp({ agents, apis, bus, model, results, store, traces }: App): Promise<void> {
  model.close();
  agents?.model.close();
  await traces?.close();
  await bus?.close();
  await Promise.all([apis.stop(), store.close(), results.close()]);
}

function createResultStore(config: Config, { now }: Ports): ResultStore {
  const { maxSessionResults: perSession, maxResultsMemory: inMemory, maxResultsDisk: onDisk } = config;
  const clock = () => now().getTime();
  const folder = join(config.dataDir, "results");
  const disk = createResultDisk(folder, randomUUID(), clock);
  const results = new BoundedResultStore({ perSession, inMemory, onDisk }, disk);
  // The folder is this process's alone only with the store that locks it.
  if (config.store !== "sqlite") return results;
  return createPersistentResults(results, {
    folder: join(config.dataDir, "kept-results"),
    maxSize: onDisk,
    maxAgeMs: config.retentionHours * 3_600_000,
    now: clock,
  });
}

const DEMO_NOTICE =
  "The built-in demo model answers: it follows simple rules and is no language model. Start specchat with AWS credentials to chat with a real one.";

/** Contract 000: `test-*` and `demo` select the built-in model. */
function isDemoModelId(model: string): boolean {
  return model === "demo" || model.startsWith("test-");
}

/** @throws ConfigError naming each id that cannot be one. `custom-*` is passed on unchecked. */
function checkModelIds(
  { fallbackModel, summaryModel, modelFamily, region }: Config,
  models: readonly string[],
): readonly string[] {
  const configuredModels = [
    ...models.map((model) => ({ setting: "model", model })),
    ...(summaryModel === undefined ? [] : [{ setting: "summaryModel", model: summaryModel }]),
    ...fallbackModel.map((model) => ({ setting: "fallbackModel", model })),
  ].filter(({ model }) => !model.startsWith("custom-"));
  const checks = configuredModels.map(({ setting, model }) => ({
    setting,
    ...checkModelId(model, modelFamily, region),
  }));
  const problems = checks.flatMap((check) =>
    check.status === "malformed" ? [`${check.setting}: ${check.problem}`] : [],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return checks.flatMap((check) => (check.status === "warning" ? [check.warning] : []));
}

function createBedrockModel(
  config: Config,
  model: string,
  ports: Ports,
  prices: BedrockOptions["prices"],
): Model {
  const { now, random, sleep, log } = ports;
  return createBedrock(
    {
      model,
      region: config.region,
      profile: config.profile,
      endpoint: config.bedrockEndpoint,
      modelFamily: config.modelFamily,
      maxRetries: config.maxRetries,
      retryDelayMs: config.retryDelay * 1000,
      exponentialBackoff: config.exponentialBackoff,
      jitter: config.jitter,
      connectTimeoutMs: config.connectTimeout * 1000,
      idleTimeoutMs: config.silenceTimeout * 1000,
      fallbackModels: config.gracefulDegradation ? config.fallbackModel : [],
      breaker: { failures: config.breakerFailures, pauseMs: config.breakerRecovery * 1000 },
      maxConcurrentRequests: config.maxConcurrentRequests,
      requestQueueSize: config.requestQueueSize,
      stopSequences: config.stopSequences,
      ...(config.guardrailId !== undefined && {
        guardrail: { id: config.guardrailId, version: config.guardrailVersion },
      }),
      reasoningTokens: config.reasoningTokens,
      cachePoints: config.cachePoints,
      prices,
      proxyEnvironment: ports.network?.proxies,
      certificates: ports.network?.certificates,
    },
    { now: () => now().getTime(), random, sleep, warn: (message) => log.warning(message) },
  );
}

/** Where Phoenix listens by itself. */
const DEFAULT_PHOENIX_ENDPOINT = "http://localhost:6006/v1/traces";

function createConfiguredTraces(
  { tracingProvider, phoenixEndpoint }: Config,
  { log }: Ports,
): Traces | undefined {
  const isWanted = tracingProvider === "phoenix" || (tracingProvider === undefined && phoenixEndpoint);
  return isWanted
    ? createTraces(phoenixEndpoint ?? DEFAULT_PHOENIX_ENDPOINT, (problem) => log.warning(problem))
    : undefined;
}

function tracingWarnings({ tracingProvider }: Config): readonly string[] {
  if (tracingProvider !== "langsmith") return [];
  return ["tracingProvider: langsmith is not supported, so model calls are not traced; phoenix is."];
}

/** Who sets a secret should not think that all is guarded by it. */
function authenticationWarnings({ jwtSecret, contracts }: Config): readonly string[] {
  const others = contracts.filter((contract) => contract !== "dashboard");
  if (jwtSecret === undefined || others.length === 0) return [];
  return [
    `jwtSecret guards the dashboard's chat alone; ${others.join(", ")} ask nobody who they are. --contracts dashboard serves nothing else.`,
  ];
}

function createAgentModel(config: Config, { network }: Ports): AgentModel {
  return createBedrockAgent({
    region: config.region,
    profile: config.profile,
    connectTimeoutMs: config.connectTimeout * 1000,
    idleTimeoutMs: config.silenceTimeout * 1000,
    proxyEnvironment: network?.proxies,
    certificates: network?.certificates,
  });
}

/** @throws ConfigError */
async function loadPrices({ prices }: Config, { io }: Ports): Promise<BedrockOptions["prices"]> {
  if (prices === undefined) return undefined;
  try {
    return parsePrices(await io.readFile(prices).text());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`prices: ${prices} is no price file: ${reason}`]);
  }
}
