import type { ApiDescription } from "../openapi/types.ts";
import { decideBaseUrl } from "./base-url.ts";
import type { Api, StaticCredential } from "./types.ts";

export interface ApiSettings {
  /** Empty when there is only one. */
  readonly name: string;
  /** `--base-url` for this API. */
  readonly baseUrl?: string | undefined;
  /** `Name: value` lines of `--api-header`. */
  readonly headerLines: readonly string[];
  readonly credentials?: Readonly<Record<string, StaticCredential>> | undefined;
}

/**
 * The API that a document's operations are sent to. Its address is the setting's, else the server that most operations
 * have.
 * @throws Error whose message says what is wrong and which flag mends it.
 */
export function createApi(description: ApiDescription, settings: ApiSettings): Api {
  const decided = decideBaseUrl({
    setting: settings.baseUrl,
    servers: commonServers(description),
    documentUrl: description.url,
  });
  if (decided.outcome === "unknown") throw new Error(decided.problem);
  return {
    name: settings.name,
    baseUrl: decided.baseUrl,
    baseUrlIsFixed: settings.baseUrl !== undefined,
    securitySchemes: description.securitySchemes,
    headers: Object.fromEntries(settings.headerLines.map(readHeaderLine)),
    credentials: settings.credentials,
  };
}

function commonServers({ operations }: ApiDescription): readonly string[] {
  const counts = new Map<string, { count: number; readonly servers: readonly string[] }>();
  for (const { servers } of operations) {
    const [first] = servers;
    if (first === undefined) continue;
    const entry = counts.get(first) ?? { count: 0, servers };
    entry.count++;
    counts.set(first, entry);
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  return most?.servers ?? [];
}

/** @throws Error naming what is wrong, never the value: it is secret. */
function readHeaderLine(line: string): [name: string, value: string] {
  const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*:\s*([^\0\r\n]*?)\s*$/.exec(line);
  if (!match?.[1]) throw new Error('--api-header takes "Name: value"');
  return [match[1], match[2] ?? ""];
}
