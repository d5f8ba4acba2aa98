import type { OpenApiVersion } from "./document/library.ts";
import { getOwn, isObject, type JsonObject, listOf, objectOf, textOf, textsOf } from "./document/value.ts";

/**
 * Returns the URLs of a `servers` field (https://spec.openapis.org/oas/v3.1.1.html#server-object), with the defaults of
 * their variables. Returns undefined when none is declared, so that the servers of the next level apply.
 */
export function readServerUrls(servers: unknown): readonly string[] | undefined {
  if (servers === undefined) return undefined;
  const urls = listOf(servers)
    .filter(isObject)
    .flatMap((server) =>
      typeof server.url === "string" ? [fillVariables(server.url, objectOf(server.variables))] : [],
    );
  return urls.length === 0 ? undefined : urls;
}

/** Returns the server URLs of the document. */
export function readRootServers(root: JsonObject, openApiVersion: OpenApiVersion): readonly string[] {
  return (
    (openApiVersion === "2.0" ? readSwaggerServers(root, root.schemes) : readServerUrls(root.servers)) ?? []
  );
}

/** Returns the server URLs of Swagger 2.0: `schemes`, `host` and `basePath`. Relative without a scheme or host. */
export function readSwaggerServers(root: JsonObject, schemes: unknown): readonly string[] | undefined {
  const base = textOf(root.basePath) ?? "";
  const path = base === "" || base.startsWith("/") ? base : `/${base}`;
  const host = textOf(root.host);
  if (host === undefined) return path === "" ? undefined : [path];
  const webSchemes = textsOf(schemes).filter((scheme) => scheme === "https" || scheme === "http");
  if (webSchemes.length === 0) return [`//${host}${path}`];
  return webSchemes
    .sort()
    .reverse()
    .map((scheme) => `${scheme}://${host}${path}`);
}

function fillVariables(url: string, variables: JsonObject): string {
  return url.replace(/\{([^{}]+)\}/g, (placeholder, name: string) => {
    const variable = objectOf(getOwn(variables, name));
    const value = variable.default ?? listOf(variable.enum)[0];
    return typeof value === "string" || typeof value === "number" ? String(value) : placeholder;
  });
}
