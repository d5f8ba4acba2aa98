/** Returns the WebSocket URL. The server writes its path into the page. */
export function resolveWebsocketUrl(): string {
  const url = readPageUrl("websocket");
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Returns the URL of a file. Returns undefined if the file is not on the page's own server. */
export function resolveFileUrl(relative: string): string | undefined {
  const base = readPageUrl("websocket");
  const url = URL.parse(relative, base);
  return url !== null && url.origin === base.origin ? url.href : undefined;
}

export function resolveSessionsUrl(): string {
  return readPageUrl("sessions").href;
}

export function resolveSharesUrl(): string {
  return readPageUrl("shares").href;
}

/** Returns whether conversations can be shared. */
export function canShare(): boolean {
  return (document.getElementById("root")?.dataset.shares ?? "") !== "";
}

/** Returns the URL of a call, below which are its result and its request. */
export function resolveCallUrl(session: string, call: string): string {
  return `${resolveSessionsUrl()}/${encodeURIComponent(session)}/calls/${encodeURIComponent(call)}`;
}

/** The tools are next to the sessions. */
export function resolveToolsUrl(): string {
  return new URL("tools", readPageUrl("sessions")).href;
}

export function resolveDocsUrl(): string {
  return readPageUrl("docs").href;
}

/** Returns whether the server needs to know who the user is. */
export function needsAccount(): boolean {
  return (document.getElementById("root")?.dataset.account ?? "") !== "";
}

export function resolveAccountUrl(): string {
  return readPageUrl("account").href;
}

/** Returns the URL of the usage of everyone, next to the account. */
export function resolveUsageUrl(): string {
  return new URL("usage", readPageUrl("account")).href;
}

function readPageUrl(name: "websocket" | "sessions" | "shares" | "docs" | "account"): URL {
  return new URL(document.getElementById("root")?.dataset[name] ?? "", document.baseURI);
}
