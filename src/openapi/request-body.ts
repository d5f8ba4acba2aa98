import type { LoadedDocument } from "./document/library.ts";
import { isObject, objectOf, textOf } from "./document/value.ts";
import { readMediaType } from "./media-type.ts";
import type { ReadContext } from "./parameter.ts";
import type { RequestBody } from "./types.ts";

/**
 * Reads a Request Body Object: https://spec.openapis.org/oas/v3.1.1.html#request-body-object. Returns undefined when it
 * declares no content. When its content is required or its reference leads nowhere, any JSON is accepted.
 */
export function readRequestBody(
  value: unknown,
  from: LoadedDocument,
  context: ReadContext,
): RequestBody | undefined {
  if (value === null) return undefined;
  const { references } = context;
  const effect = "any JSON is accepted as the body";
  const { value: body = UNKNOWN_BODY, document } = references.followOrWarn(value, from, effect);
  if (!isObject(body)) {
    references.warnings.add(document.location, "a request body is not an object; it is left out");
    return undefined;
  }
  const declared = references.followOrWarn(body.content ?? {}, document, effect);
  const entries = Object.entries(objectOf(declared.value ?? UNKNOWN_BODY.content));
  if (entries.length === 0 && body.required !== true) return undefined;
  const content = (entries.length > 0 ? entries : Object.entries(UNKNOWN_BODY.content)).map(([name, media]) =>
    readMediaType(name, media, declared.document, context),
  );
  return { required: body.required === true, description: textOf(body.description), content };
}

const UNKNOWN_BODY = { content: { "application/json": {} } };
