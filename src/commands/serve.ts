/** `specchat [serve]`: the server. */

import { keepUp } from "../app/background-jobs.ts";
import { closeApp, createApp } from "../app/create-app.ts";
import { isPageServed, uiPath } from "../config/paths.ts";
import type { App } from "../context.ts";
import { type RunningServer, startServer } from "../server/server.ts";
import { needsApproval } from "../turns/approval-policy.ts";
import { patiently, READING } from "./show-progress.ts";
import { toolBudget } from "./tool-budget.ts";
import { sizeRows } from "./tool-size.ts";
import type { Command, Terminal } from "./types.ts";

export const serve: Command = {
  shape: { describe: "serve the chat (what runs when no command is named)" },
  async run({ loaded, terminal, ports, useDemoModel, onReload, stop }) {
    for (const warning of loaded.warnings) terminal.err(`Warning: ${warning}\n`);
    const app = await patiently(terminal, READING, createApp(loaded.config, ports, useDemoModel));
    const server = startServer(app);
    for (const warning of [...app.warnings, ...app.apis.current.warnings, ...toolBudget(app)])
      terminal.err(`Warning: ${warning}\n`);
    terminal.out(banner(app, server));
    void warnOfModel(app, terminal);
    const reload = keepUp(app, ports, stop);
    if (reload) onReload(reload);
    if (!stop.aborted)
      await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
    terminal.err(
      `Stopping: running turns get ${loaded.config.stopGrace} s. Press Ctrl-C again to stop at once.\n`,
    );
    await server.stop();
    await closeApp(app);
    return 0;
  },
};

/** It starts all the same: credentials may come later, and its health says 503 until they do. */
async function warnOfModel({ model }: App, terminal: Terminal): Promise<void> {
  const health = await model.health();
  if (health.status === "unready") terminal.err(`Warning: ${health.problem} ${health.advice}\n`);
}

function banner(app: App, server: RunningServer): string {
  const { config, isDemoModel } = app;
  const { isShop } = app.apis;
  const { described, titles } = app.apis.current;
  const page = isPageServed(config)
    ? `${server.url}${uiPath(config)}`
    : `${server.url} (the page is switched off)`;
  const apis = described.map(({ api }, index) => `${titles[index]} at ${api.baseUrl}`).join(", ");
  const model = isDemoModel ? "built in, simple rules, no language model" : `Bedrock, ${config.region}`;
  const rows = [
    ["Chat", page],
    ...(server.dashboardUrl === undefined ? [] : [["Dashboard", server.dashboardUrl]]),
    ["Model", `${app.modelId} (${model})`],
    ["API", isShop ? `${apis} (built in)` : apis],
    ...sizeRows(app.apis.current, config.descriptionLimit),
    ["Asks", asking(app)],
  ];
  const advice = [isShop && OWN_API, isDemoModel && REAL_MODEL].filter(Boolean);
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

/** Whoever comes from a system that never asked should see it here. */
function asking({ apis, config: { approve } }: App): string {
  const { tools } = apis.current;
  const asked = tools.filter((tool) => needsApproval(tool, approve)).length;
  if (asked === 0) return `nobody before a call (--approve ${approve})`;
  const which = approve === "writes" ? " that change something" : "";
  return `the person before ${asked} of ${tools.length} tools${which} are called (--approve ${approve}; none asks nobody)`;
}

const OWN_API = "  Your own API:   specchat --spec openapi.yaml (a file or a URL)";
const REAL_MODEL =
  "  Real Bedrock:   configure AWS credentials (`aws configure`, or AWS_PROFILE=name), then start again";
