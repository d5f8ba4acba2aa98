import type { LoadedDocument } from "./document/library.ts";
import type { References } from "./document/reference.ts";
import { isObject, objectOf, textOf, textsOf } from "./document/value.ts";
import { readLinks } from "./link.ts";
import type { OperationResponse } from "./types.ts";

/** Equal responses by their content. Large documents have the same few responses in every operation. */
export type ResponseCache = Map<string, OperationResponse>;

/**
 * Reads a Responses Object: https://spec.openapis.org/oas/v3.1.1.html#responses-object. A response that cannot be read
 * has an empty description, because requests do not depend on it. `produces` are the media types of all responses in 2.0.
 */
export function readResponses(
  responses: unknown,
  document: LoadedDocument,
  references: References,
  cache: ResponseCache,
  produces?: unknown,
): readonly OperationResponse[] {
  const located = references.followOrWarn(responses, document, "its responses are not described");
  return Object.entries(objectOf(located.value))
    .filter(([status]) => !status.startsWith("x-"))
    .map(([status, response]) =>
      share(cache, {
        status: status === "default" ? status : status.toUpperCase(),
        ...readResponse(response, located.document, references, produces),
      }),
    );
}

/** Returns the first of equal responses, so that the others are not kept in memory. Those with links are rare. */
function share(cache: ResponseCache, response: OperationResponse): OperationResponse {
  if (response.links !== undefined) return response;
  const { status, description, headers = NONE, mediaTypes = NONE } = response;
  const key = [status, description, headers.length, ...headers, ...mediaTypes].join("\0");
  const shared = cache.get(key);
  if (shared === undefined) cache.set(key, response);
  return shared ?? response;
}

const NONE: readonly string[] = [];

function readResponse(
  value: unknown,
  document: LoadedDocument,
  references: References,
  produces: unknown,
): Omit<OperationResponse, "status"> {
  try {
    const response = references.follow(value, document);
    const { description, summary, content, headers, links } = objectOf(response.value);
    const headerNames =
      headers === undefined ? [] : Object.keys(objectOf(references.follow(headers, response.document).value));
    const mediaTypes = isObject(content) ? Object.keys(content) : textsOf(produces);
    const readable = readLinks(links, response.document, references);
    return {
      description: textOf(description) ?? textOf(summary) ?? "",
      ...(headerNames.length > 0 && { headers: headerNames.map((name) => name.toLowerCase()) }),
      ...(mediaTypes.length > 0 && { mediaTypes }),
      ...(readable.length > 0 && { links: readable }),
    };
  } catch (error) {
    references.warn(error, document, "the response is not described");
    return { description: "" };
  }
}
