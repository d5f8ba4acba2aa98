/** Reads what follows an operation: the links of its responses, and its callbacks. */
import { stringifyJson } from "../json.ts";
import type { LoadedDocument } from "./document/library.ts";
import type { References } from "./document/reference.ts";
import { isObject, objectOf, textOf } from "./document/value.ts";
import type { Link } from "./types.ts";

/** Reads Link Objects: https://spec.openapis.org/oas/v3.1.1.html#link-object. A link that leads nowhere adds a warning. */
export function readLinks(links: unknown, from: LoadedDocument, references: References): readonly Link[] {
  if (links === undefined) return [];
  const effect = "the link is left out";
  const located = references.followOrWarn(links, from, effect);
  return Object.entries(objectOf(located.value)).flatMap(([name, value]) => {
    if (name.startsWith("x-")) return [];
    const link = references.followOrWarn(value, located.document, effect).value;
    if (!isObject(link)) return [];
    const operationId = textOf(link.operationId);
    const endpoint = readEndpoint(textOf(link.operationRef) ?? "");
    if (operationId === undefined && endpoint === undefined) {
      references.warnings.add(from.location, `link ${name} names no operation of a path; it is left out`);
      return [];
    }
    const parameters = Object.entries(objectOf(link.parameters)).map(
      ([key, expression]) => [key.replace(LOCATION, ""), formatExpression(expression)] as const,
    );
    const body =
      link.requestBody === undefined ? [] : [["body", formatExpression(link.requestBody)] as const];
    return [{ operationId, endpoint, values: [...parameters, ...body] }];
  });
}

/** The location that a parameter's name in a link can begin with: `path.id`. */
const LOCATION = /^(path|query|header|cookie)\./;

/** Returns the method and the path that a reference to an operation names. */
function readEndpoint(reference: string): Link["endpoint"] {
  const [, path = "", method = ""] = /#\/paths\/([^/]+)\/(\w+)$/.exec(reference) ?? [];
  if (path === "") return undefined;
  const decoded = path
    .replaceAll("~1", "/")
    .replaceAll("~0", "~")
    .replaceAll("%7B", "{")
    .replaceAll("%7D", "}");
  return { method: method.toUpperCase(), path: decoded };
}

function formatExpression(value: unknown): string {
  return typeof value === "string" ? value : stringifyJson(value);
}

/**
 * Follows the references of Callback Objects: https://spec.openapis.org/oas/v3.1.1.html#callback-object. Callbacks are
 * requests of the API and no tools. One that leads nowhere adds a warning.
 */
export function checkCallbacks(callbacks: unknown, from: LoadedDocument, references: References): void {
  if (callbacks === undefined) return;
  const effect = "the callback is not read";
  const located = references.followOrWarn(callbacks, from, effect);
  for (const callback of Object.values(objectOf(located.value))) {
    const { value, document } = references.followOrWarn(callback, located.document, effect);
    for (const item of Object.values(objectOf(value))) references.followOrWarn(item, document, effect);
  }
}
