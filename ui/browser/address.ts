/** Filled in by the server, which knows under which path it serves. */
export function websocketAddress(): string {
  const url = told("websocket");
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Where a file of the server is fetched; undefined if the address leads anywhere else. */
export function fileAddress(relative: string): string | undefined {
  const base = told("websocket");
  const url = URL.parse(relative, base);
  return url !== null && url.origin === base.origin ? url.href : undefined;
}

export function sessionsAddress(): string {
  return told("sessions").href;
}

function told(name: "websocket" | "sessions"): URL {
  return new URL(document.getElementById("root")?.dataset[name] ?? "", document.baseURI);
}
