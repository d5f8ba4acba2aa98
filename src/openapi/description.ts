import { DocumentError } from "../errors.ts";
import { isUrl, type Library } from "./document/library.ts";
import { DEFAULT_MAX_READ_MS } from "./document/read-io.ts";
import { References } from "./document/reference.ts";
import { isObject, objectOf, textOf, writeText } from "./document/value.ts";
import type { OperationContext } from "./operation.ts";
import { readPathItem } from "./path-item.ts";
import { Definitions } from "./schema/definitions.ts";
import { ReadLimits } from "./schema/read-limits.ts";
import { SchemaReader } from "./schema/schema.ts";
import { SecuritySchemes } from "./security.ts";
import { readRootServers } from "./server.ts";
import type { ApiDescription, Operation, Rejection } from "./types.ts";

/**
 * Reads the operations of an OpenAPI Object (https://spec.openapis.org/oas/v3.1.1.html#openapi-object).
 * @param maxReadMs The time that it may take.
 * @throws DocumentError when `paths` is not an object, or the document has too many schemas or takes too long.
 */
export function describeLibrary(
  library: Library,
  source: string,
  maxReadMs = DEFAULT_MAX_READ_MS,
): ApiDescription {
  const { root } = library;
  const document = objectOf(root.root);
  if (document.paths !== undefined && document.paths !== null && !isObject(document.paths))
    throw new DocumentError(source, 'is not an OpenAPI document: "paths" is not an object (at #/paths)');
  const references = new References(library);
  for (const loaded of library.documents.values()) {
    if (loaded instanceof DocumentError) continue;
    for (const key of loaded.duplicateKeys ?? [])
      references.warnings.add(
        loaded.location,
        `${key} is a key twice in one object; only the last one counts`,
      );
  }
  const paths = references.followSharedOrWarn(document.paths, root, "the description has no operations");
  const limits = new ReadLimits(source, maxReadMs);
  const schemas = new SchemaReader(references, limits);
  const securitySchemes = new SecuritySchemes(root, references);
  const context: OperationContext = {
    references,
    schemas,
    definitions: new Definitions(schemas, limits),
    parameterCache: new Map(),
    responseCache: new Map(),
    root,
    servers: readRootServers(document, root.openApiVersion),
    securitySchemes,
    security: securitySchemes.readRequirements(document.security, root) ?? [],
  };
  const operations: Operation[] = [];
  const rejected: Rejection[] = [];
  for (const [path, item] of Object.entries(objectOf(paths.value))) {
    if (path.startsWith("x-") || path === "$ref") continue;
    for (const result of readPathItem(path, { value: item, document: paths.document }, context))
      if (result.type === "operation") operations.push(result.operation);
      else rejected.push(result.rejection);
  }
  const info = objectOf(references.followSharedOrWarn(document.info, root, "the title is unknown").value);
  return {
    source,
    title: textOf(info.title) ?? source,
    version: isObject(info.version) ? "" : writeText(info.version ?? ""),
    url: isUrl(root.location) ? root.location : undefined,
    servers: context.servers,
    documents: [...library.documents.keys()],
    operations,
    rejected,
    warnings: references.warnings.lines,
    securitySchemes: securitySchemes.byName,
  };
}
