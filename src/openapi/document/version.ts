/** Detects the version of an OpenAPI document. */
import { DocumentError } from "../../errors.ts";
import type { OpenApiVersion } from "./library.ts";
import { isObject } from "./value.ts";

/**
 * Returns the version from `openapi` (https://spec.openapis.org/oas/v3.1.1.html#versions) or, for 2.0, `swagger`.
 * @throws DocumentError when the value is not an OpenAPI document or has an unsupported version.
 */
export function detectVersion(value: unknown, source: string): OpenApiVersion {
  if (!isObject(value)) {
    const kind = Array.isArray(value) ? "a list" : value === null ? "nothing" : `a ${typeof value}`;
    throw new DocumentError(source, `is not an OpenAPI document: it contains ${kind} instead of an object`);
  }
  const openapi = readVersion(value.openapi);
  if (openapi !== undefined) {
    if (/^3(\.0(\.|$)|$)/.test(openapi)) return "3.0";
    if (/^3\.[12](\.|$)/.test(openapi)) return "3.1";
    throw new DocumentError(source, `is OpenAPI ${openapi}; supported versions are 2.0, 3.0, 3.1 and 3.2`);
  }
  const swagger = readVersion(value.swagger);
  if (swagger !== undefined) {
    if (/^2(\.0)*$/.test(swagger)) return "2.0";
    throw new DocumentError(source, `is Swagger ${swagger}; supported versions are 2.0, 3.0, 3.1 and 3.2`);
  }
  throw new DocumentError(
    source,
    `is not an OpenAPI document: it has neither "openapi" nor "swagger"${suggestFormat(value)}`,
  );
}

/** Unquoted in YAML, `3.1` is a number, and `3.0` is the number 3. */
function readVersion(value: unknown): string | undefined {
  return typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : undefined;
}

function suggestFormat(value: { readonly [key: string]: unknown }): string {
  if ("asyncapi" in value) return "; it is an AsyncAPI document";
  if ("overlay" in value) return "; it is an Overlay: pass it with --overlay";
  if (isObject(value.info) && Array.isArray(value.item)) return "; it is a Postman collection";
  return "";
}
