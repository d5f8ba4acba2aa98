/** Reads the settings again on SIGHUP: applies those that can change while the server runs, and names those that need a restart. */
import type { Authenticator } from "../access/authentication/types.ts";
import { requiresAuthentication } from "../config/authentication-rules.ts";
import { readLimits } from "../config/limits.ts";
import { findChangedSettings, isLive, LIVE_SETTINGS } from "../config/live-settings.ts";
import type { Config, SettingName } from "../config/settings.ts";
import type { App } from "../context.ts";
import { createConfiguredAuthenticator } from "./create-authenticator.ts";
import { loadRoles } from "./roles.ts";

type ReloadedApp = Pick<
  App,
  "audit" | "authenticator" | "authorizer" | "config" | "limits" | "log" | "signIn" | "telemetry"
>;

type AuthenticationPorts = Parameters<typeof createConfiguredAuthenticator>[1];

/**
 * Returns a function that reads the settings again. Calls run one after the other. Settings with an error are logged, and the
 * previous ones stay.
 * @param settings the settings with which the app was created
 */
export function createSettingsReload(
  app: ReloadedApp,
  ports: AuthenticationPorts,
  settings: Config,
): (readConfig: () => Config) => Promise<void> {
  let previous = settings;
  let work = Promise.resolve();

  async function reload(readConfig: () => Config): Promise<void> {
    try {
      const next = readConfig();
      const changed = findChangedSettings(previous, next);
      const { applied, pending } = await applySettings(app, ports, { previous, next, changed });
      previous = { ...previous, ...pick(next, applied) };
      app.log.info("settings reloaded", { applied: applied.join(", ") || "none" });
      if (pending.length > 0)
        app.log.warning("changed settings need a restart", { settings: pending.join(", ") });
      app.audit.record({ event: "administration", act: "settings_reloaded", subject: applied.join(", ") });
      app.telemetry.count("configReloads", { outcome: "done" });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      app.log.error("settings not reloaded; keeping the previous ones", { detail });
      app.telemetry.count("configReloads", { outcome: "failed" });
    }
  }

  return (readConfig) => {
    work = work.then(() => reload(readConfig));
    return work;
  };
}

interface Change {
  readonly previous: Config;
  readonly next: Config;
  readonly changed: readonly SettingName[];
}

/** Applies what can be applied. What may fail comes first, so that either all of it is applied or nothing. @throws Error */
async function applySettings(
  app: ReloadedApp,
  ports: AuthenticationPorts,
  { previous, next, changed }: Change,
): Promise<{ readonly applied: readonly SettingName[]; readonly pending: readonly SettingName[] }> {
  const limits = readLimits(next);
  const keys: readonly SettingName[] = LIVE_SETTINGS.keys;
  const changesKeys = changed.some((name) => keys.includes(name));
  const authenticator = changesKeys ? await createReplacement(app, ports, next) : undefined;
  // Roles never begin or end: everything was allowed without them.
  const isReplaced = changed.includes("roles") && previous.roles !== undefined && next.roles !== undefined;
  const roles = isReplaced ? await loadRoles(next.roles, ports.io) : undefined;
  const applied = changed.filter((name) =>
    name === "roles"
      ? roles !== undefined
      : isLive(name) && (authenticator !== undefined || !keys.includes(name)),
  );
  if (authenticator) app.authenticator.replace(authenticator);
  if (roles) app.authorizer.replace(roles);
  app.limits.replace(limits);
  // Everything that reads a setting when it needs it sees the new value.
  Object.assign(app.config, pick(next, applied));
  app.log.setLevel(app.config.debugMode ? "debug" : app.config.logLevel);
  return { applied, pending: changed.filter((name) => !applied.includes(name)) };
}

/** Returns undefined when authentication would begin or end: the address was checked at start. */
async function createReplacement(
  { audit, config, signIn }: ReloadedApp,
  ports: AuthenticationPorts,
  next: Config,
): Promise<Authenticator | undefined> {
  const settings = { ...config, ...pick(next, LIVE_SETTINGS.keys) };
  if (requiresAuthentication(settings) !== requiresAuthentication(config)) return undefined;
  return await createConfiguredAuthenticator(settings, ports, { audit, signIn });
}

function pick(config: Config, names: readonly SettingName[]): Partial<Config> {
  return Object.fromEntries(names.map((name) => [name, config[name]]));
}
