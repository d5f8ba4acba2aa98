/** The HTTP client for the usage of everyone. It uses the page's cookie. */
import type { UsageOverview } from "../../src/telemetry/usage/overview.ts";
import { resolveUsageUrl } from "../browser/address.ts";
import { t } from "../language/language.ts";

/** @throws Error with a sentence for the user */
export async function fetchOverview(since: string, signal: AbortSignal): Promise<UsageOverview> {
  const response = await fetch(`${resolveUsageUrl()}/overview?since=${since}`, { signal }).catch((error) => {
    throw new Error(t("usage.unreachable"), { cause: error });
  });
  if (response.status === 401 || response.status === 403) throw new Error(t("usage.refused"));
  if (!response.ok) throw new Error(t("usage.error", { status: `${response.status}` }));
  // The response comes from the page's own server, so its fields are trusted.
  return (await response.json()) as UsageOverview;
}

/** Returns the address of all figures of a period as CSV. */
export function resolveCsvUrl(since: string): string {
  const by = "day,organization,user,model,operation";
  return `${resolveUsageUrl()}?format=csv&by=${by}&since=${since}`;
}
