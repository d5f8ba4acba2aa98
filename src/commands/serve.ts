/** `specchat [serve]`: starts the server and prints its banner. */
import { startBackgroundJobs } from "../app/background-jobs.ts";
import { closeApp, createApp } from "../app/create-app.ts";
import { createSettingsReload } from "../app/reload-settings.ts";
import { isPageServed, uiPath } from "../config/paths.ts";
import type { App } from "../context.ts";
import { type RunningServer, startServer } from "../server/server.ts";
import { needsApproval } from "../turns/approval-policy.ts";
import { watchUnmatchedRules } from "../turns/unmatched-rules.ts";
import { withPlainOutput } from "./plain-output.ts";
import { LOADING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import { checkToolBudget } from "./tool-budget.ts";
import { describeToolSize } from "./tool-size.ts";
import type { Terminal } from "./types.ts";

export const serve = withPlainOutput(async ({ loaded, terminal, ports, useDemoModel, onReload, stop }) => {
  for (const warning of loaded.warnings) terminal.err(`Warning: ${warning}\n`);
  const app = await withProgressMessage(
    terminal,
    LOADING_DOCUMENTS,
    createApp(loaded.config, ports, useDemoModel, {
      signal: stop,
      onProgress: (text) => terminal.err(`${text}\n`),
    }),
  );
  const server = startServer(app);
  for (const warning of [...app.warnings, ...app.apis.current.warnings, ...checkToolBudget(app)])
    terminal.err(`Warning: ${warning}\n`);
  terminal.out(formatBanner(app, server));
  // The banner is for people. Who reads the log sees each start there, and of which version.
  ports.log.info("server started", { version: app.version, url: server.url, model: app.modelId });
  void warnIfModelUnready(app, terminal);
  watchUnmatchedRules(app);
  const reload = startBackgroundJobs(app, ports, stop);
  if (reload) onReload(reload);
  onReload(createSettingsReload(app, ports, loaded.config));
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
  terminal.err(
    `Stopping: running turns get ${loaded.config.stopGrace} s. Press Ctrl-C again to stop at once.\n`,
  );
  await server.stop();
  await closeApp(app);
  return 0;
});

/** Warns when the model is not ready. The server starts anyway; its health is 503 until credentials are available. */
async function warnIfModelUnready({ model }: App, terminal: Terminal): Promise<void> {
  const health = await model.health();
  if (health.status === "unready") terminal.err(`Warning: ${health.problem} ${health.advice}\n`);
}

function formatBanner(app: App, server: RunningServer): string {
  const { config, isDemoModel } = app;
  const { isDemoApi } = app.apis;
  const { describedApis, titles } = app.apis.current;
  const page = isPageServed(config) ? `${server.url}${uiPath(config)}` : `${server.url} (chat page disabled)`;
  const apis = describedApis.map(({ api }, index) => `${titles[index]} at ${api.baseUrl}`).join(", ");
  const model = isDemoModel
    ? "built-in demo: simple rules, not a language model"
    : `Bedrock, ${config.region}`;
  const rows = [
    ["Chat", page],
    ...(server.dashboardUrl === undefined ? [] : [["Dashboard", server.dashboardUrl]]),
    ...(server.metricsUrl === undefined ? [] : [["Metrics", `${server.metricsUrl}/metrics`]]),
    ["Model", `${app.modelId} (${model})`],
    ["API", isDemoApi ? `${apis} (built-in demo)` : apis || describeMissingApi(app)],
    ...describeToolSize(app.apis.current, config.descriptionLimit),
    ["Approval", describeApproval(app)],
  ];
  const advice = [isDemoApi && OWN_API_HINT, isDemoModel && BEDROCK_HINT].filter(Boolean);
  const width = Math.max(...rows.map(([name = ""]) => name.length)) + 2;
  const lines = [
    `specchat ${app.version}`,
    "",
    ...rows.map(([name = "", value = ""]) => `  ${name.padEnd(width)}${value}`),
    "",
    ...(advice.length > 0 ? [...advice, ""] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function describeMissingApi({ apis: { problem } }: App): string {
  return problem === undefined
    ? "none (--spec openapi.yaml adds one)"
    : `not loaded yet, trying again in the background: ${problem}`;
}

function describeApproval({ apis, config: { approve } }: App): string {
  const { tools } = apis.current;
  const approvalCount = tools.filter((tool) => needsApproval(tool, approve)).length;
  if (approvalCount === 0) return `not required (--approve ${approve})`;
  return `required for ${approvalCount} of ${tools.length} tools (--approve ${approve})`;
}

const OWN_API_HINT = "  Your own API:     specchat --spec openapi.yaml (a file or a URL)";
const BEDROCK_HINT =
  "  Amazon Bedrock:   configure AWS credentials (`aws configure` or AWS_PROFILE=name) and restart";
