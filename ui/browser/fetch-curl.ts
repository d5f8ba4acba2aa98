import { toCurl } from "../curl.ts";
import { resolveCallUrl } from "./address.ts";

/** Returns the request of a call as a curl command with masked secrets; undefined when the server cannot tell it. */
export async function fetchCurl(session: string, call: string): Promise<string | undefined> {
  const response = await fetch(`${resolveCallUrl(session, call)}/request`).catch(() => undefined);
  return response?.ok ? toCurl(await response.json()) : undefined;
}
