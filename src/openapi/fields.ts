import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import type { References } from "./document/reference.ts";
import { isObject } from "./document/value.ts";

/** A field and the document that contains it. */
export interface Field {
  readonly value: unknown;
  readonly document: LoadedDocument;
}

export type Fields = ReadonlyMap<string, Field>;

const MAX_CHAIN = 100;

/**
 * Returns the fields of an object, and of the object that its `$ref` names. Fields next to a `$ref` take precedence
 * over its target. Only path items may have a `$ref` (https://spec.openapis.org/oas/v3.1.1.html#path-item-object), but
 * documents that were split into files have it in operations too.
 * @param name names the object in messages: `the operation`.
 * @throws OperationError when a reference does not resolve or is circular, or there is no object.
 */
export function collectFields(
  value: unknown,
  from: LoadedDocument,
  references: References,
  name: string,
): Fields {
  const fields = new Map<string, Field>();
  let item = value;
  let document = from;
  let reference: string | undefined;
  for (let step = 0; ; step += 1) {
    if (!isObject(item))
      throw new OperationError(
        reference === undefined
          ? `${name} is not an object`
          : `$ref ${reference} does not point to an object`,
      );
    for (const key of Object.keys(item))
      if (!fields.has(key)) fields.set(key, { value: item[key], document });
    if (typeof item.$ref !== "string") return fields;
    if (step === MAX_CHAIN) throw new OperationError(`$ref ${item.$ref} is circular`);
    reference = item.$ref;
    const target = references.resolve(reference, document);
    item = target.value;
    document = target.document;
  }
}
