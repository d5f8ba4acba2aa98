/** The URL paths of the server's endpoints, from the settings. */
import { requiresAuthentication } from "./authentication-rules.ts";
import type { Config } from "./settings.ts";

export function websocketPath({ websocketEndpoint, chatEndpoint }: Config): string {
  return websocketEndpoint ?? joinPath(chatEndpoint, "ws");
}

export function uiPath({ uiEndpoint, chatEndpoint }: Config): string {
  return uiEndpoint ?? joinPath(chatEndpoint, "ui");
}

/** Returns true when the chat page is enabled and the native protocol, which it uses, is served. */
export function isPageServed({ contracts, enableUi }: Config): boolean {
  return enableUi && contracts.includes("native");
}

/** Returns the path of the usage of all callers. */
export function usagePath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "usage");
}

/** Returns the path of the manual, which is served with the page. */
export function docsPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "docs");
}

/** Returns the path below which users of the page sign in and out. */
export function accountPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "account");
}

/** Returns the path that the OpenID provider redirects to. */
export function signInCallbackPath(config: Config): string {
  return `${accountPath(config)}/callback`;
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

export function toolsPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "tools");
}

export function sharesPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "shares");
}

export function aiSdkPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "ai");
}

export function agUiPath({ chatEndpoint }: Config): string {
  return joinPath(chatEndpoint, "ag-ui");
}

/** Returns the paths that the page needs, relative to the page. `base` is the path of its files. */
export function pagePaths(
  config: Config,
): Readonly<Record<"base" | "websocket" | "sessions" | "shares" | "docs" | "account", string>> {
  const ui = uiPath(config);
  return {
    base: `./${ui.slice(ui.lastIndexOf("/") + 1)}/`,
    websocket: relativePath(ui, websocketPath(config)),
    sessions: relativePath(ui, sessionsPath(config)),
    shares: config.shareLinks ? relativePath(ui, sharesPath(config)) : "",
    docs: relativePath(ui, docsPath(config)),
    account: requiresAuthentication(config) ? relativePath(ui, accountPath(config)) : "",
  };
}

/** Returns the relative URL from one path to another, for example `./ws` from `/a/ui` to `/a/ws`. It works behind proxies that add a path prefix. */
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
