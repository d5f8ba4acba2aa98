/** Resolves the base URL of an API. */

/** The origin and base path without a trailing slash, or why they are unknown. */
export type BaseUrl =
  | { readonly outcome: "ready"; readonly baseUrl: string }
  | { readonly outcome: "unknown"; readonly problem: string };

export interface BaseUrlSources {
  /** The value of `--base-url` for this API. */
  readonly setting?: string | undefined;
  /** The document's servers, in order. They can be relative. */
  readonly servers: readonly string[];
  /** The document's own URL, if it was loaded from one. */
  readonly documentUrl?: string | undefined;
}

/**
 * Returns the setting, else the document's first server (resolved against the document's URL), else the origin of the
 * document's URL.
 */
export function resolveBaseUrl({ setting, servers, documentUrl }: BaseUrlSources): BaseUrl {
  if (setting !== undefined) {
    const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(setting) ? setting : `http://${setting}`;
    return validateUrl(text, undefined, "--base-url", "");
  }
  const server = addScheme(servers[0], documentUrl);
  const advice = "; set --base-url";
  if (server !== undefined && !URL.canParse(server) && documentUrl === undefined) {
    const problem = `the document's server ${server} is relative, and the document has no URL`;
    return { outcome: "unknown", problem: problem + advice };
  }
  if (server !== undefined) return validateUrl(server, documentUrl, "the document's server", advice);
  if (documentUrl !== undefined) return validateUrl("/", documentUrl, "the document's URL", advice);
  return { outcome: "unknown", problem: `the document has no server${advice}` };
}

/**
 * Adds the scheme to a server without one, `//api.example.com`, when there is no document URL to take it from: `https`,
 * or `http` for this machine.
 */
function addScheme(server: string | undefined, documentUrl: string | undefined): string | undefined {
  if (!server?.startsWith("//") || documentUrl !== undefined) return server;
  const isLocal = /^\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(?=[:/]|$)/i.test(server);
  return `${isLocal ? "http" : "https"}:${server}`;
}

function validateUrl(text: string, base: string | undefined, source: string, advice: string): BaseUrl {
  const url = URL.parse(text, base);
  const problem = !url
    ? "is not a URL"
    : url.protocol !== "http:" && url.protocol !== "https:"
      ? "is not an http or https URL"
      : /%7B|%7D|[{}]/i.test(text)
        ? "has a variable without a value"
        : undefined;
  if (!url || problem !== undefined)
    return {
      outcome: "unknown",
      problem: `${source} ${text.replace(/\/\/[^/]*@/, "//")} ${problem}${advice}`,
    };
  if (url.username !== "" || url.password !== "")
    return {
      outcome: "unknown",
      problem: `${source} contains a password; set credentials with --api-header`,
    };
  return { outcome: "ready", baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
}
