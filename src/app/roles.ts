/** Reads the roles of the settings, and reads them again when their file changes. */
import { createAuthorizer } from "../access/authorization/authorizer.ts";
import type { RolesDocument } from "../access/authorization/roles-schema.ts";
import type { Authorizer } from "../access/authorization/types.ts";
import { FileVersions } from "../apis/file-versions.ts";
import { ConfigError } from "../config/load.ts";
import type { Config } from "../config/settings.ts";
import type { App, Ports } from "../context.ts";

/** The interval between two looks at the file. */
const POLL_MS = 500;

/** @throws ConfigError when the roles are unreadable */
export async function loadAuthorizer(
  { roles, terminalRoles }: Pick<Config, "roles" | "terminalRoles">,
  { io }: Pick<Ports, "io">,
): Promise<Authorizer> {
  if (roles === undefined) return createAuthorizer();
  try {
    return createAuthorizer(await loadRoles(roles, io), terminalRoles);
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}

/** Reads the roles of a file, or those that the setting has itself. @throws Error whose message names the place */
export async function loadRoles(roles: string, io: Ports["io"]): Promise<RolesDocument> {
  // The schema takes as long to make as a tenth of a start, and most servers have no roles.
  const { readRoles } = await import("../access/authorization/read-roles.ts");
  if (isInline(roles)) return readRoles("roles", roles);
  let text: string;
  try {
    text = await io.readFile(roles).text();
  } catch (error) {
    throw new Error(`roles: ${roles} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  return readRoles(roles, text);
}

function isInline(roles: string): boolean {
  return roles.trimStart().startsWith("{");
}

/**
 * Reads the file again when it has changed and stays as it is for a moment, until `stop`. A version that cannot be used is logged,
 * and the roles stay. A reload of the settings may name another file. Returns a function that reads it at once (SIGHUP); undefined
 * without roles.
 */
export function watchRoles(
  { audit, authorizer, config }: Pick<App, "audit" | "authorizer" | "config">,
  { io, log, sleep }: Pick<Ports, "io" | "log" | "sleep">,
  stop: AbortSignal,
): (() => void) | undefined {
  if (config.roles === undefined) return undefined;
  const findPath = () => (config.roles === undefined || isInline(config.roles) ? undefined : config.roles);
  let work = Promise.resolve();

  async function reload(): Promise<void> {
    const path = findPath();
    if (path === undefined) return;
    try {
      const roles = await loadRoles(path, io);
      // The settings may have changed meanwhile.
      if (findPath() !== path) return;
      authorizer.replace(roles);
      log.info("roles reloaded", { file: path });
      audit.record({ event: "administration", act: "roles_reloaded", subject: path });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      log.error("roles not reloaded; keeping the previous version", { detail });
    }
  }

  async function watch(): Promise<void> {
    let versions = new FileVersions();
    let watched = findPath();
    let readAt = Date.now();
    let isSettling = false;
    while (!stop.aborted) {
      await sleep(POLL_MS, stop).catch(() => undefined);
      if (stop.aborted) return;
      const path = findPath();
      if (path !== watched) {
        watched = path;
        versions = new FileVersions();
        readAt = Date.now();
        isSettling = false;
      }
      if (path === undefined) continue;
      const hasChanged = await versions.haveChanged([path], readAt);
      if (!hasChanged && isSettling) {
        readAt = Date.now();
        queueReload();
      }
      isSettling = hasChanged;
    }
  }

  function queueReload(): void {
    work = work.then(reload);
  }

  void watch();
  return queueReload;
}
