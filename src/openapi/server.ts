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

/**
 * Returns the server URLs of Swagger 2.0: `schemes`, `host` and `basePath`. Relative without a scheme or host. Some
 * documents write the scheme into the host, or the whole address into `basePath`.
 */
export function readSwaggerServers(root: JsonObject, schemes: unknown): readonly string[] | undefined {
  const base = textOf(root.basePath)?.trim() ?? "";
  if (/^https?:\/\//i.test(base)) return [base];
  const path = base === "" || base.startsWith("/") ? base : `/${base}`;
  const [, hostScheme, host = ""] =
    /^(?:(https?|wss?):)?(?:\/\/)?(.*?)\/*$/i.exec(textOf(root.host)?.trim() ?? "") ?? [];
  if (host === "") return path === "" ? undefined : [path];
  const names = (typeof schemes === "string" ? [schemes] : textsOf(schemes)).map((name) =>
    name.toLowerCase(),
  );
  const declared = names.length === 0 && hostScheme !== undefined ? [hostScheme.toLowerCase()] : names;
  const webSchemes = declared.filter((scheme) => scheme === "https" || scheme === "http");
  // A base path that the host repeats counts once.
  const address = path !== "" && host.endsWith(path) ? host : `${host}${path}`;
  if (webSchemes.length === 0) return [`//${address}`];
  return webSchemes
    .sort()
    .reverse()
    .map((scheme) => `${scheme}://${address}`);
}

function fillVariables(url: string, variables: JsonObject): string {
  return url.replace(/\{([^{}]+)\}/g, (placeholder, name: string) => {
    const variable = objectOf(getOwn(variables, name));
    const value = variable.default ?? listOf(variable.enum)[0];
    return typeof value === "string" || typeof value === "number" ? String(value) : placeholder;
  });
}
