/** The composition root: creates a running app from its settings and ports. Only this folder chooses implementations. */
import { createReplaceableAuthenticator } from "../access/authentication/replaceable.ts";
import { SessionClaims } from "../access/session-claims.ts";
import { CallerShares } from "../access/shares.ts";
import { ApiRegistry } from "../apis/api-registry.ts";
import type { StartWait } from "../apis/wait-for-documents.ts";
import { isDemoModelId, withDemoApi } from "../config/demo-api.ts";
import type { Config } from "../config/settings.ts";
import { VERSION } from "../config/version.ts";
import type { App, Ports } from "../context.ts";
import { describeUnusedSettings } from "../model/bedrock/index.ts";
import { FileCache } from "../store/file-cache.ts";
import { HandedOverRounds } from "../store/handed-over-rounds.ts";
import { withAudit } from "../telemetry/audit-model.ts";
import { withRequestLog } from "../telemetry/debug-log.ts";
import { observeModel } from "../telemetry/observe-model.ts";
import { createTelemetry } from "../telemetry/telemetry.ts";
import { checkCostLimit } from "./check-cost-limit.ts";
import { checkModelIds } from "./check-model-ids.ts";
import { collectFigures } from "./collect-figures.ts";
import { readCookieKey } from "./cookie-key.ts";
import { createConfiguredAuthenticator } from "./create-authenticator.ts";
import { createConfiguredLimiter } from "./create-limiter.ts";
import { createAgentModel, createModel, withKnowledgeBases } from "./create-model.ts";
import { createConfiguredPage } from "./create-page.ts";
import { createResultStore } from "./create-result-store.ts";
import { createSignIn } from "./create-sign-in.ts";
import { createConfiguredTraces } from "./create-traces.ts";
import { loadPrices } from "./load-prices.ts";
import { observeBus, observeStore } from "./observe-store.ts";
import { openAuditLog } from "./open-audit-log.ts";
import { openSessionStore } from "./open-session-store.ts";
import { loadAuthorizer } from "./roles.ts";
import { startWarnings } from "./start-warnings.ts";

const DEMO_NOTICE =
  "Replies come from the built-in demo model, which follows simple rules and is not a language model. Start specchat with AWS credentials to chat with a real one.";

/**
 * Creates an app. It must be closed with {@link closeApp}.
 * @param useDemoModel uses the built-in model regardless of the settings. For a start with neither a document nor AWS.
 * @param wait waits for an API that is not up yet. Without it, such an API is a DocumentError.
 * @throws ConfigError, DocumentError or StartError
 */
export async function createApp(
  settings: Config,
  ports: Ports,
  useDemoModel = false,
  wait?: StartWait,
): Promise<App> {
  // A copy, in which a reload changes settings.
  const config = { ...withDemoApi(settings, useDemoModel) };
  const modelId = useDemoModel ? "demo" : config.model;
  const isDemoModel = isDemoModelId(modelId);
  const prices = await loadPrices(config, ports);
  const models = [modelId, ...config.models];
  const modelWarnings = isDemoModel
    ? []
    : [
        ...checkModelIds(config, models, ports.now()),
        ...checkCostLimit(config, models, prices),
        ...describeUnusedSettings(modelId, config),
      ];
  const authorizer = await loadAuthorizer(config, ports);
  const apis = await ApiRegistry.load(config, withKnowledgeBases(config, ports), true, wait);
  const opened = await openSessionStore(config, ports);
  const cookieKey = readCookieKey(config, opened.hasExclusiveDataDir);
  const audit = await openAuditLog(config, ports);
  const signIn = createSignIn(config, ports, cookieKey);
  const authenticator = await createConfiguredAuthenticator(config, ports, { audit, signIn });
  const shares = new CallerShares();
  const traces = createConfiguredTraces(config, ports, VERSION);
  const plainModel = createModel(config, modelId, ports, prices);
  const telemetry = createTelemetry({ now: ports.now, cost: plainModel.cost, traces });
  const loggedModel = config.debugMode ? withRequestLog(plainModel, ports.log) : plainModel;
  const observedModel = observeModel(loggedModel, { telemetry, traces, now: ports.now });
  const model = audit.isOn ? withAudit(observedModel, audit) : observedModel;
  collectFigures(telemetry, { apis, model, usage: ports.usage, log: ports.log, version: VERSION });
  apis.onChange(({ titles }) =>
    audit.record({ event: "administration", act: "document_reloaded", subject: titles.join(", ") }),
  );
  const { page, warnings: pageWarnings } = await createConfiguredPage(config, apis, ports);
  const limits = createConfiguredLimiter(config, ports, opened, { audit, authorizer, telemetry });
  return {
    ...opened,
    store: observeStore(opened.store, { telemetry, log: ports.log }),
    ...(opened.bus && { bus: observeBus(opened.bus, { telemetry, log: ports.log }) }),
    cookieKey,
    authenticator: createReplaceableAuthenticator(authenticator, limits.countFailure),
    signIn,
    authorizer,
    limits,
    apis,
    config,
    version: VERSION,
    log: ports.log,
    now: ports.now,
    sleep: ports.sleep,
    fetch: ports.fetch,
    model,
    modelId,
    models: [...new Set([modelId, ...config.models])],
    isDemoModel,
    ...(!useDemoModel && {
      agents: { model: createAgentModel(config, ports), claims: new SessionClaims() },
    }),
    notice: isDemoModel ? DEMO_NOTICE : undefined,
    warnings: [...modelWarnings, ...startWarnings(config), ...pageWarnings, ...opened.warnings],
    files: new FileCache(config.maxFilesSize, shares.selectVictim),
    handedOver: new HandedOverRounds(),
    results: createResultStore(config, ports, opened, shares.selectVictim),
    shares,
    traces,
    audit,
    telemetry,
    page,
  };
}

/** Closes everything that {@link createApp} opened. Turns must have ended. */
export async function closeApp({
  agents,
  apis,
  audit,
  bus,
  model,
  results,
  store,
  traces,
}: App): Promise<void> {
  model.close();
  agents?.model.close();
  await traces?.close();
  await bus?.close();
  await Promise.all([apis.stop(), store.close(), results.close()]);
  await audit.close();
}
