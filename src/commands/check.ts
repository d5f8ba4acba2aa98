/** `specchat check`: what would keep the chat from working, and what to do about it. */

import { closeApp, createApp } from "../app/create-app.ts";
import type { MessageId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError, DocumentError, StartError } from "../errors.ts";
import { describeNetworkError } from "../tools/http/network-error.ts";
import { READING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import { checkToolBudget } from "./tool-budget.ts";
import type { Command, CommandContext } from "./types.ts";

export const check: Command = {
  spec: { description: "find out what would keep the chat from working: document, API, credentials, model" },
  async run({ loaded, terminal, ports, useDemoModel, stop }) {
    let isHealthy = true;
    const printRow = (label: string, text: string) => terminal.out(`${label.padEnd(13)}${text}\n`);
    const report = (what: string, problems: readonly string[], good: string) => {
      if (problems.length > 0) isHealthy = false;
      for (const text of problems.length > 0 ? problems : [good]) printRow(what, text);
    };
    printRow("Settings", loaded.warnings.join("\n") || "ok");
    const { app, problem } = await openAppOrFallback({ loaded, terminal, ports, useDemoModel });
    const { describedApis, warnings, tools, toolbox } = app.apis.current;
    if (problem === undefined) {
      const good = `${tools.length} tools, ${toolbox.rejected.length} operations left out`;
      report("Document", tools.length > 0 ? checkToolBudget(app) : [NO_TOOLS_MESSAGE], good);
      for (const { api } of describedApis)
        report("API", await checkApi(api.baseUrl, ports.fetch, stop), `${api.baseUrl} answers`);
    } else report("Document", [problem], "");
    const health = await app.model.health();
    const credentials =
      health.status === "unready" ? [`${health.problem.replace(/[^.!?]$/, "$&.")} ${health.advice}`] : [];
    report("Credentials", credentials, app.isDemoModel ? "none needed: the built-in model answers" : "found");
    if (credentials.length === 0) report("Model", await checkModel(app, stop), `${app.modelId} answers`);
    for (const warning of [...app.warnings, ...warnings]) printRow("Warning", warning);
    await closeApp(app);
    return isHealthy ? 0 : 1;
  },
};

const NO_TOOLS_MESSAGE = "no operation became a tool: `specchat tools` says why";

/** With the built-in shop in place of a document, or a folder of tools, that cannot be read: the rest is still worth checking. */
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
        READING_DOCUMENTS,
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

/** Any answer will do, also a refusal: it shows that somebody is there. */
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
    return [`${baseUrl} does not answer: ${reason} Start the API, or name its address with --base-url.`];
  }
}

/** Asks for a single token: whether an account may use a model shows only when it does. */
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
