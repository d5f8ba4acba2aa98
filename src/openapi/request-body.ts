import type { LoadedDocument } from "./document/library.ts";
import { objectOf, textOf } from "./document/value.ts";
import { readMediaType } from "./media-type.ts";
import type { ReadContext } from "./parameter.ts";
import type { RequestBody } from "./types.ts";

/**
 * Reads a Request Body Object: https://spec.openapis.org/oas/v3.1.1.html#request-body-object. Returns undefined when it
 * declares no content.
 */
export function readRequestBody(
  value: unknown,
  from: LoadedDocument,
  context: ReadContext,
): RequestBody | undefined {
  const { value: resolved, document } = context.references.follow(value, from);
  const body = objectOf(resolved);
  const content = Object.entries(objectOf(body.content)).map(([name, media]) =>
    readMediaType(name, media, document, context),
  );
  if (content.length === 0) return undefined;
  return { required: body.required === true, description: textOf(body.description), content };
}
