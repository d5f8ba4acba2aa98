import type { Dialect } from "./document/library.ts";
import { isObject, type JsonObject, listOf, objectOf, own, textOf, textsOf } from "./document/value.ts";

/**
 * https://spec.openapis.org/oas/v3.1.1.html#server-object: the URLs of a `servers` field, their variables filled with
 * the defaults. Undefined when nothing is declared, so that the next level's apply.
 */
export function serverUrls(servers: unknown): readonly string[] | undefined {
  if (servers === undefined) return undefined;
  const urls = listOf(servers)
    .filter(isObject)
    .flatMap((server) =>
      typeof server.url === "string" ? [filled(server.url, objectOf(server.variables))] : [],
    );
  return urls.length === 0 ? undefined : urls;
}

/** The servers of the whole document. */
export function rootServers(root: JsonObject, dialect: Dialect): readonly string[] {
  return (dialect === "2.0" ? swaggerServers(root, root.schemes) : serverUrls(root.servers)) ?? [];
}

/** 2.0: `schemes`, `host` and `basePath`. Without a scheme or host they are the document's own. */
export function swaggerServers(root: JsonObject, schemes: unknown): readonly string[] | undefined {
  const base = textOf(root.basePath) ?? "";
  const path = base === "" || base.startsWith("/") ? base : `/${base}`;
  const host = textOf(root.host);
  if (host === undefined) return path === "" ? undefined : [path];
  const http = textsOf(schemes).filter((scheme) => scheme === "https" || scheme === "http");
  if (http.length === 0) return [`//${host}${path}`];
  return http
    .sort()
    .reverse()
    .map((scheme) => `${scheme}://${host}${path}`);
}

function filled(url: string, variables: JsonObject): string {
  return url.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = objectOf(own(variables, name));
    const value = variable.default ?? listOf(variable.enum)[0];
    return typeof value === "string" || typeof value === "number" ? String(value) : whole;
  });
}
