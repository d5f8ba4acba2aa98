import type { LoadedDocument } from "./document/library.ts";
import { objectOf, textOf } from "./document/value.ts";
import { readMediaType } from "./media-type.ts";
import type { Reader } from "./parameter.ts";
import type { RequestBody } from "./types.ts";

/**
 * https://spec.openapis.org/oas/v3.1.1.html#request-body-object
 * Undefined when it declares no content: there is nothing to send.
 */
export function readRequestBody(
  value: unknown,
  from: LoadedDocument,
  reader: Reader,
): RequestBody | undefined {
  const { value: followed, document } = reader.references.follow(value, from);
  const body = objectOf(followed);
  const content = Object.entries(objectOf(body.content)).map(([name, media]) =>
    readMediaType(name, media, document, reader),
  );
  if (content.length === 0) return undefined;
  return { required: body.required === true, description: textOf(body.description), content };
}
