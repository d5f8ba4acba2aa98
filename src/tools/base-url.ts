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
export function decideBaseUrl({ setting, servers, documentUrl }: BaseUrlSources): BaseUrl {
  if (setting !== undefined) {
    const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(setting) ? setting : `http://${setting}`;
    return checked(text, undefined, `--base-url ${setting}`);
  }
  const [server] = servers;
  if (server !== undefined) {
    const isAbsolute = URL.canParse(server);
    if (isAbsolute || documentUrl !== undefined)
      return checked(server, documentUrl, `the document's server ${server}`);
    return {
      outcome: "unknown",
      problem: `the document's server ${server} is relative and the document has no address of its own; pass --base-url`,
    };
  }
  if (documentUrl !== undefined) return checked("/", documentUrl, `the document's address ${documentUrl}`);
  return { outcome: "unknown", problem: "the document names no server; pass --base-url" };
}

function checked(text: string, base: string | undefined, what: string): BaseUrl {
  const url = URL.parse(text, base);
  const unknown = (problem: string): BaseUrl => ({
    outcome: "unknown",
    problem: `${what} ${problem}; pass --base-url`,
  });
  if (!url) return unknown("is no URL");
  if (url.protocol !== "http:" && url.protocol !== "https:") return unknown("is no http or https address");
  if (/%7B|%7D|[{}]/i.test(text)) return unknown("has a variable without a value");
  if (url.username !== "" || url.password !== "")
    return unknown("holds a password: use --api-header for credentials");
  return { outcome: "ready", baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
}
