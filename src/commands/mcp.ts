/** `specchat mcp`: serves the tools to the MCP client that started the process, on standard input and output. */
import { watchDocuments } from "../apis/watch-documents.ts";
import { closeApp, createApp } from "../app/create-app.ts";
import { watchRoles } from "../app/roles.ts";
import { parsePerApiValue } from "../config/per-api.ts";
import { StartError } from "../errors.ts";
import { LOADING_DOCUMENTS, withProgressMessage } from "./show-progress.ts";
import type { RunCommand } from "./types.ts";

export const mcp: RunCommand = async ({ loaded, terminal, ports, useDemoModel, onReload, stop }) => {
  if (loaded.config.spec.some((source) => parsePerApiValue(source).value === "-"))
    throw new StartError(
      "--spec - cannot be used here: standard input carries MCP messages. Name a file or a URL.",
    );
  const config = { ...loaded.config, store: "memory" };
  for (const warning of loaded.warnings) terminal.err(`Warning: ${warning}\n`);
  const app = await withProgressMessage(terminal, LOADING_DOCUMENTS, createApp(config, ports, useDemoModel));
  for (const warning of app.apis.current.warnings) terminal.err(`Warning: ${warning}\n`);
  if (app.config.spec.length > 0 && (!app.apis.isDemoApi || config.overlay.length > 0))
    onReload(watchDocuments({ apis: app.apis, ...ports, pollMs: config.specPoll * 1000 }, stop));
  const reloadRoles = watchRoles(app, ports, stop);
  if (reloadRoles) onReload(reloadRoles);
  const { serveStreams } = await import("../protocols/mcp/stdio.ts");
  await serveStreams(
    app,
    { input: ports.io.readStdin(), output: (line) => terminal.out(line), isServer: true },
    stop,
  );
  await closeApp(app);
  return 0;
};
