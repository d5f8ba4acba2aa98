/** Filled in by the server, which knows under which path it serves. */
export function websocketAddress(): string {
  const url = addressOf("websocket");
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Where a file of the server is fetched; undefined if the address leads anywhere else. */
export function fileAddress(relative: string): string | undefined {
  const base = addressOf("websocket");
  const url = URL.parse(relative, base);
  return url !== null && url.origin === base.origin ? url.href : undefined;
}

export function sessionsAddress(): string {
  return addressOf("sessions").href;
}

export function docsAddress(): string {
  return addressOf("docs").href;
}

function addressOf(name: "websocket" | "sessions" | "docs"): URL {
  return new URL(document.getElementById("root")?.dataset[name] ?? "", document.baseURI);
}
