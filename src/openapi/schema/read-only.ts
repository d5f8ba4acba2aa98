import type { LoadedDocument } from "../document/library.ts";
import { isReference } from "../document/reference.ts";
import { isObject } from "../document/value.ts";
import type { Components } from "./components.ts";

/**
 * Returns whether a property is `readOnly`, so that a request leaves it out. A referenced schema makes the property
 * read-only too: https://spec.openapis.org/oas/v3.0.4.html#fixed-fields-20
 */
export function isReadOnly(property: unknown, document: LoadedDocument, components: Components): boolean {
  if (!isObject(property)) return false;
  const isPlain = !isReference(property) || document.openApiVersion === "3.1";
  if (isPlain && property.readOnly !== undefined) return property.readOnly === true;
  if (!isReference(property)) return false;
  const value = components.tryResolve(property.$ref, document)?.located.value;
  return isObject(value) && value.readOnly === true;
}
