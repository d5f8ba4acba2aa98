/** Where the chat answers, as the settings say. */
import type { Config } from "./settings.ts";

export function websocketPath({ websocketEndpoint, chatEndpoint }: Config): string {
  return websocketEndpoint ?? under(chatEndpoint, "ws");
}

export function uiPath({ uiEndpoint, chatEndpoint }: Config): string {
  return uiEndpoint ?? under(chatEndpoint, "ui");
}

/** The page speaks the native protocol. */
export function isPageServed({ contracts, enableUi }: Config): boolean {
  return enableUi && contracts.includes("native");
}

/** The manual is served next to the page. */
export function docsPath({ chatEndpoint }: Config): string {
  return under(chatEndpoint, "docs");
}

export function healthPath({ chatEndpoint }: Config): string {
  return under(chatEndpoint, "health");
}

export function filesPath({ chatEndpoint }: Config): string {
  return under(chatEndpoint, "files");
}

export function sessionsPath({ chatEndpoint }: Config): string {
  return under(chatEndpoint, "sessions");
}

export function aiSdkPath({ chatEndpoint }: Config): string {
  return under(chatEndpoint, "ai");
}

export function agUiPath({ chatEndpoint }: Config): string {
  return under(chatEndpoint, "ag-ui");
}

/** `/a/ui`, `/a/ws` → `./ws`: what stands in a page or a frame works under whatever path a proxy puts in front. */
export function relativePath(from: string, to: string): string {
  const here = from.split("/").slice(0, -1);
  const there = to.split("/");
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared += 1;
  return `./${"../".repeat(here.length - shared)}${there.slice(shared).join("/")}`;
}

function under(base: string, name: string): string {
  return base === "/" ? `/${name}` : `${base}/${name}`;
}
