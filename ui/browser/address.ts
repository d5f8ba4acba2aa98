/** Filled in by the server, which knows under which path it serves. */
export function websocketAddress(): string {
  const url = beside();
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Where a file of the server is fetched; undefined if the address leads anywhere else. */
export function fileAddress(relative: string): string | undefined {
  const base = beside();
  const url = URL.parse(relative, base);
  return url !== null && url.origin === base.origin ? url.href : undefined;
}

function beside(): URL {
  return new URL(document.getElementById("root")?.dataset.websocket ?? "ws", document.baseURI);
}
