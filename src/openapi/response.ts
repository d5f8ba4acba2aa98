import type { LoadedDocument } from "./document/library.ts";
import type { References } from "./document/reference.ts";
import { objectOf, textOf } from "./document/value.ts";
import type { OperationResponse } from "./types.ts";

/**
 * Reads a Responses Object: https://spec.openapis.org/oas/v3.1.1.html#responses-object. A response that cannot be read
 * has an empty description, because requests do not depend on it.
 */
export function readResponses(
  responses: unknown,
  document: LoadedDocument,
  references: References,
): readonly OperationResponse[] {
  const located = references.followOrWarn(responses, document, "its responses are not described");
  return Object.entries(objectOf(located.value))
    .filter(([status]) => !status.startsWith("x-"))
    .map(([status, response]) => ({
      status: status === "default" ? status : status.toUpperCase(),
      description: readResponseDescription(response, located.document, references),
    }));
}

function readResponseDescription(
  response: unknown,
  document: LoadedDocument,
  references: References,
): string {
  try {
    const { description, summary } = objectOf(references.follow(response, document).value);
    return textOf(description) ?? textOf(summary) ?? "";
  } catch (error) {
    references.warn(error, document, "the response is not described");
    return "";
  }
}
