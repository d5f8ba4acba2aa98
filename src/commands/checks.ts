/** The checks of `specchat check` and `specchat doctor`: document, API, credentials, model and store. */
import { closeApp, createApp } from "../app/create-app.ts";
import { openSessionStore } from "../app/open-session-store.ts";
import type { MessageId } from "../chat/types.ts";
import { ConfigError } from "../config/load.ts";
import type { App } from "../context.ts";
import { AppError, DocumentError, StartError } from "../errors.ts";
import { describeNetworkErrorInFull } from "../tools/http/network-error.ts";
import { LOADING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import { checkToolBudget } from "./tool-budget.ts";
import type { CommandContext } from "./types.ts";

export interface CheckRow {
  readonly label: string;
  readonly text: string;
  readonly state: "ok" | "problem" | "warning";
}

/** Runs the checks in order, and reports each row as soon as it is known. */
export async function runChecks(
  context: Omit<CommandContext, "onReload">,
  report: (row: CheckRow) => void,
): Promise<void> {
  const { loaded, ports, stop } = context;
  const check = (label: string, problems: readonly string[], success: string) => {
    for (const text of problems) report({ label, text, state: "problem" });
    if (problems.length === 0) report({ label, text: success, state: "ok" });
  };
  const state = loaded.warnings.length > 0 ? "warning" : "ok";
  report({ label: "Settings", text: loaded.warnings.join("\n") || "ok", state });
  const { app, problem } = await openAppOrFallback(context);
  if (problem?.label === "Settings") report({ ...problem, state: "problem" });
  const { describedApis, warnings, tools, toolbox } = app.apis.current;
  if (problem?.label !== "Document") {
    const success = `${tools.length} tools, ${toolbox.rejected.length} operations left out`;
    if (describedApis.length === 0) check("Document", [], "none; --spec openapi.yaml adds an API");
    else check("Document", tools.length > 0 ? checkToolBudget(app) : [NO_TOOLS_MESSAGE], success);
    for (const { api } of describedApis)
      check("API", await checkApi(api.baseUrl, ports.fetch, stop), `${api.baseUrl} responds`);
  } else report({ ...problem, state: "problem" });
  const health = await app.model.health();
  const credentials =
    health.status === "unready" ? [`${health.problem.replace(/[^.!?]$/, "$&.")} ${health.advice}`] : [];
  check("Credentials", credentials, app.isDemoModel ? "not needed for the demo model" : "found");
  if (credentials.length === 0) check("Model", await checkModel(app, stop), `${app.modelId} responds`);
  for (const text of [...app.warnings, ...warnings]) report({ label: "Warning", text, state: "warning" });
  await closeApp(app);
}

/** Reads the store as another process may use it: nothing is written. Reports the number of sessions, or why it cannot be read. */
export async function checkSessions({
  loaded: { config },
  ports,
}: Pick<CommandContext, "loaded" | "ports">): Promise<CheckRow> {
  const label = "Store";
  try {
    const { store } = await openSessionStore(config, ports, true);
    let count = 0;
    for await (const _ of store.ids()) count += 1;
    await store.close();
    return { label, text: `${count} sessions`, state: "ok" };
  } catch (error) {
    if (!(error instanceof AppError || error instanceof StartError)) throw error;
    const detail = error instanceof AppError ? error.detail : undefined;
    return { label, text: [error.message, detail].filter(Boolean).join(" "), state: "problem" };
  }
}

const NO_TOOLS_MESSAGE = "no operation became a tool; `specchat tools` lists the reasons";

/** Opens the app. Without documents and tools when they cannot be read, and without roles when those are wrong, to check the rest. */
async function openAppOrFallback({
  loaded: { config },
  terminal,
  ports,
  useDemoModel,
}: Omit<CommandContext, "stop" | "onReload">): Promise<{
  app: App;
  problem?: Pick<CheckRow, "label" | "text">;
}> {
  try {
    return {
      app: await withProgressMessage(
        terminal,
        LOADING_DOCUMENTS,
        createApp({ ...config, store: "memory" }, ports, useDemoModel),
      ),
    };
  } catch (error) {
    const isSetting = error instanceof ConfigError;
    if (!(isSetting || error instanceof StartError || error instanceof DocumentError)) throw error;
    const without = { spec: [], toolsDir: undefined, mcp: [], mcpConfig: undefined };
    const rest = { ...config, ...(isSetting ? { roles: undefined } : without), store: "memory" };
    return {
      app: await createApp(rest, ports, useDemoModel),
      problem: { label: isSetting ? "Settings" : "Document", text: error.message },
    };
  }
}

/** Returns no problem for any HTTP response, also an error: it shows that the API can be reached. */
async function checkApi(
  baseUrl: string,
  fetch: CommandContext["ports"]["fetch"],
  stop: AbortSignal,
): Promise<readonly string[]> {
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(10_000)]);
    const response = await fetch(baseUrl, { method: "GET", redirect: "manual", signal });
    await response.body?.cancel();
    return [];
  } catch (error) {
    const reason = describeNetworkErrorInFull(error, new URL(baseUrl).host);
    return [`${baseUrl} does not respond: ${reason} Start the API, or set its address with --base-url.`];
  }
}

/** Requests a single token, since only a model call shows whether the account has access to the model. */
async function checkModel({ model, modelId, now }: App, stop: AbortSignal): Promise<readonly string[]> {
  const message = { role: "user", id: "check" as MessageId, at: now().toISOString(), text: "Hi" } as const;
  const request = { model: modelId, system: "", messages: [message], tools: [], maxTokens: 1 };
  try {
    for await (const event of model.stream(request, stop)) void event;
    return [];
  } catch (error) {
    if (error instanceof AppError) return [error.detail ?? error.message];
    throw error;
  }
}
