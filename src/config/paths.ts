/** Where the chat answers, as the settings say. */
import type { Config } from "./settings.ts";

export function websocketPath({ websocketEndpoint, chatEndpoint }: Config): string {
  return websocketEndpoint ?? joinPath(chatEndpoint, "ws");
}

export function uiPath({ uiEndpoint, chatEndpoint }: Config): string {
  return uiEndpoint ?? joinPath(chatEndpoint, "ui");
}

/** The page speaks the native protocol. */
export function isPageServed({ contracts, enableUi }: Config): boolean {
  return enableUi && contracts.includes("native");
}

/** The manual is served next to the page. */
export function docsPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "docs");
}

export function healthPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "health");
}

export function filesPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "files");
}

export function sessionsPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "sessions");
}

export function aiSdkPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "ai");
}

export function agUiPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "ag-ui");
}

/** `/a/ui`, `/a/ws` → `./ws`: what stands in a page or a frame works under whatever path a proxy puts in front. */
export function relativePath(from: string, to: string): string {
  const fromSegments = from.split("/").slice(0, -1);
  const toSegments = to.split("/");
  let shared = 0;
  while (
    shared < fromSegments.length &&
    shared < toSegments.length - 1 &&
    fromSegments[shared] === toSegments[shared]
  )
    shared += 1;
  return `./${"../".repeat(fromSegments.length - shared)}${toSegments.slice(shared).join("/")}`;
}

function joinPath(base: string, name: string): string {
  return base === "/" ? `/${name}` : `${base}/${name}`;
}
