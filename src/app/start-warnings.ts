/** Warnings about settings that do less than their names suggest. The server starts anyway. */
import { requiresAuthentication } from "../config/authentication-rules.ts";
import type { Config } from "../config/settings.ts";
import { isShared } from "./cookie-key.ts";

export function startWarnings(config: Config): readonly string[] {
  return [
    ...authenticationWarnings(config),
    ...originWarnings(config),
    ...cookieWarnings(config),
    ...tracingWarnings(config),
  ];
}

function originWarnings(config: Config): readonly string[] {
  const { allowedOrigins, approve, apiHeader, apiCredential, apiClientCert } = config;
  if (!allowedOrigins.includes("*")) return [];
  const hasCredentials = [apiHeader, apiCredential, apiClientCert].some(({ length }) => length > 0);
  const reasons = [
    ...(hasCredentials ? ["calls are made with the server's credentials"] : []),
    ...(approve === "none" ? ["no call needs approval (--approve none)"] : []),
  ];
  if (reasons.length === 0) return [];
  return [
    `--allowed-origins "*" lets every website that a person visits use the API: ${reasons.join(", and ")}. List the origins instead.`,
  ];
}

function cookieWarnings({ cookieSecret, jwtSecret, store }: Config): readonly string[] {
  if (cookieSecret !== undefined || jwtSecret !== undefined || !isShared(store)) return [];
  if (URL.parse(store)?.password) return [];
  return [
    "The key that signs cookies is derived from the address of the store, which has no password. Set --cookie-secret, the same for all replicas.",
  ];
}

function authenticationWarnings(config: Config): readonly string[] {
  const { jwtSecret, contracts } = config;
  const others = contracts.filter((protocol) => protocol !== "dashboard");
  if (jwtSecret === undefined || others.length === 0 || requiresAuthentication(config)) return [];
  return [
    `jwtSecret protects only the dashboard protocol; ${others.join(", ")} accept requests without authentication. Pass --contracts dashboard to serve nothing else.`,
  ];
}

function tracingWarnings({ tracingProvider }: Config): readonly string[] {
  if (tracingProvider !== "langsmith") return [];
  return ["tracingProvider: langsmith is not supported, so model calls are not traced. Use phoenix."];
}
