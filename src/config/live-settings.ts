/** The settings that a running server takes over on SIGHUP. All others need a restart. */
import { SETTINGS } from "./names.ts";
import type { Config, SettingName } from "./settings.ts";

/** By what they change. */
export const LIVE_SETTINGS = {
  log: ["logLevel", "logApiCalls", "logErrors"],
  texts: ["systemPrompt", "busyText", "deniedText", "troubleText"],
  turns: ["maxTokens", "temperature", "topP", "maxToolCalls", "maxToolCallRounds", "maxTurnSeconds"],
  limits: [
    "rateLimit",
    "callerLimits",
    "keyLimits",
    "organizationLimits",
    "addressLimits",
    "serverLimits",
    "authFailureLimit",
  ],
  keys: [
    ...(["apiKeys", "apiKeysFile", "metricsToken", "jwtJwks", "jwtKey", "jwtIssuer", "jwtAudience"] as const),
    ...(["jwtScopes", "jwtAlgorithms", "jwtClockSkew", "jwtUserClaim", "jwtOrganizationClaim"] as const),
    ...(["jwtRolesClaim", "albSigner", "albKeys", "identityHeaders", "identityProxies"] as const),
  ],
} as const satisfies Readonly<Record<string, readonly SettingName[]>>;

const LIVE: ReadonlySet<SettingName> = new Set(Object.values(LIVE_SETTINGS).flat());

export function isLive(name: SettingName): boolean {
  return LIVE.has(name);
}

/** Returns the settings whose values differ, in the order of declaration. */
export function findChangedSettings(before: Config, after: Config): readonly SettingName[] {
  return SETTINGS.map(([name]) => name).filter((name) => !Bun.deepEquals(before[name], after[name]));
}
