/** `specchat check`: tests the settings, documents, APIs, credentials and model, and prints how to fix each problem. */
import { closeApp, createApp } from "../app/create-app.ts";
import type { MessageId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError, DocumentError, StartError } from "../errors.ts";
import { describeNetworkError } from "../tools/http/network-error.ts";
import { withPlainOutput } from "./plain-output.ts";
import { LOADING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import { checkToolBudget } from "./tool-budget.ts";
import type { CommandContext } from "./types.ts";

export const check = withPlainOutput({
  spec: { description: "test the settings, document, API, credentials and model" },
  async run({ loaded, terminal, ports, useDemoModel, stop }) {
    let isHealthy = true;
    const printRow = (label: string, text: string) => terminal.out(`${label.padEnd(13)}${text}\n`);
    const report = (label: string, problems: readonly string[], success: string) => {
      if (problems.length > 0) isHealthy = false;
      for (const text of problems.length > 0 ? problems : [success]) printRow(label, text);
    };
    printRow("Settings", loaded.warnings.join("\n") || "ok");
    const { app, problem } = await openAppOrFallback({ loaded, terminal, ports, useDemoModel });
    const { describedApis, warnings, tools, toolbox } = app.apis.current;
    if (problem === undefined) {
      const success = `${tools.length} tools, ${toolbox.rejected.length} operations left out`;
      if (describedApis.length === 0) printRow("Document", "none; --spec openapi.yaml adds an API");
      else report("Document", tools.length > 0 ? checkToolBudget(app) : [NO_TOOLS_MESSAGE], success);
      for (const { api } of describedApis)
        report("API", await checkApi(api.baseUrl, ports.fetch, stop), `${api.baseUrl} responds`);
    } else report("Document", [problem], "");
    const health = await app.model.health();
    const credentials =
      health.status === "unready" ? [`${health.problem.replace(/[^.!?]$/, "$&.")} ${health.advice}`] : [];
    report("Credentials", credentials, app.isDemoModel ? "not needed for the demo model" : "found");
    if (credentials.length === 0) report("Model", await checkModel(app, stop), `${app.modelId} responds`);
    for (const warning of [...app.warnings, ...warnings]) printRow("Warning", warning);
    await closeApp(app);
    return isHealthy ? 0 : 1;
  },
});

const NO_TOOLS_MESSAGE = "no operation became a tool; `specchat tools` lists the reasons";

/** Opens the app. When a document or a tools folder cannot be read, opens it without them to check the rest. */
async function openAppOrFallback({
  loaded: { config },
  terminal,
  ports,
  useDemoModel,
}: Omit<CommandContext, "stop" | "onReload">): Promise<{ app: App; problem?: string }> {
  try {
    return {
      app: await withProgressMessage(
        terminal,
        LOADING_DOCUMENTS,
        createApp({ ...config, store: "memory" }, ports, useDemoModel),
      ),
    };
  } catch (error) {
    if (!(error instanceof StartError || error instanceof DocumentError)) throw error;
    return {
      app: await createApp(
        { ...config, spec: [], toolsDir: undefined, mcp: [], mcpConfig: undefined, store: "memory" },
        ports,
        useDemoModel,
      ),
      problem: error.message,
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
    const reason = describeNetworkError(error, new URL(baseUrl).host);
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
