/** Warnings about settings that do less than their names suggest. The server starts anyway. */
import type { Config } from "../config/settings.ts";

export function startWarnings(config: Config): readonly string[] {
  return [...authenticationWarnings(config), ...tracingWarnings(config)];
}

function authenticationWarnings({ jwtSecret, contracts }: Config): readonly string[] {
  const others = contracts.filter((protocol) => protocol !== "dashboard");
  if (jwtSecret === undefined || others.length === 0) return [];
  return [
    `jwtSecret protects only the dashboard protocol; ${others.join(", ")} accept requests without authentication. Pass --contracts dashboard to serve nothing else.`,
  ];
}

function tracingWarnings({ tracingProvider }: Config): readonly string[] {
  if (tracingProvider !== "langsmith") return [];
  return ["tracingProvider: langsmith is not supported, so model calls are not traced. Use phoenix."];
}
