/** Where an API's requests go, or why that cannot be told. `baseUrl`: origin and base path, no trailing slash. */
export type BaseUrl =
  | { readonly outcome: "ready"; readonly baseUrl: string }
  | { readonly outcome: "unknown"; readonly problem: string };

export interface BaseUrlSources {
  /** `--base-url` for this API. */
  readonly setting?: string | undefined;
  /** The document's servers, in its order; may be relative. */
  readonly servers: readonly string[];
  /** Where the document came from, when that is a URL. */
  readonly documentUrl?: string | undefined;
}

/** The setting, else the document's first server, relative ones against the document's address, else that address's origin. */
export function resolveBaseUrl({ setting, servers, documentUrl }: BaseUrlSources): BaseUrl {
  if (setting !== undefined) {
    const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(setting) ? setting : `http://${setting}`;
    return validateUrl(text, undefined, "--base-url", "");
  }
  const [server] = servers;
  const advice = "; pass --base-url";
  if (server !== undefined && !URL.canParse(server) && documentUrl === undefined) {
    const problem = `the document's server ${server} is relative and the document has no address of its own`;
    return { outcome: "unknown", problem: problem + advice };
  }
  if (server !== undefined) return validateUrl(server, documentUrl, "the document's server", advice);
  if (documentUrl !== undefined) return validateUrl("/", documentUrl, "the document's address", advice);
  return { outcome: "unknown", problem: `the document names no server${advice}` };
}

function validateUrl(text: string, base: string | undefined, source: string, advice: string): BaseUrl {
  const url = URL.parse(text, base);
  const problem = !url
    ? "is no URL"
    : url.protocol !== "http:" && url.protocol !== "https:"
      ? "is no http or https address"
      : /%7B|%7D|[{}]/i.test(text)
        ? "has a variable without a value"
        : undefined;
  if (!url || problem !== undefined)
    return {
      outcome: "unknown",
      problem: `${source} ${text.replace(/\/\/[^/]*@/, "//")} ${problem}${advice}`,
    };
  if (url.username !== "" || url.password !== "")
    return { outcome: "unknown", problem: `${source} holds a password; credentials go into --api-header` };
  return { outcome: "ready", baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
}
