/** Filled in by the server, which knows under which path it serves. */
export function resolveWebsocketUrl(): string {
  const url = readPageUrl("websocket");
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Where a file of the server is fetched; undefined if the address leads anywhere else. */
export function resolveFileUrl(relative: string): string | undefined {
  const base = readPageUrl("websocket");
  const url = URL.parse(relative, base);
  return url !== null && url.origin === base.origin ? url.href : undefined;
}

export function resolveSessionsUrl(): string {
  return readPageUrl("sessions").href;
}

export function resolveDocsUrl(): string {
  return readPageUrl("docs").href;
}

function readPageUrl(name: "websocket" | "sessions" | "docs"): URL {
  return new URL(document.getElementById("root")?.dataset[name] ?? "", document.baseURI);
}
