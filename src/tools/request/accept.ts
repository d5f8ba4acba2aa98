/** Builds the `Accept` header of an operation. */
import type { OperationResponse } from "../../openapi/types.ts";
import { getBodyKind } from "../schema/media-type.ts";

const ANYTHING = "application/json, text/*;q=0.9, */*;q=0.5";
const MAX_TYPES = 10;

/**
 * Returns an `Accept` header (RFC 9110, section 12.5.1) with the media types that the document declares for successful
 * responses, JSON first, then everything else. Without declared types, JSON and text are preferred.
 */
export function buildAccept(responses: readonly OperationResponse[]): string {
  const isSuccess = ({ status }: OperationResponse) => /^2/.test(status);
  const relevant = responses.some(isSuccess) ? responses.filter(isSuccess) : responses;
  const types = new Set(relevant.flatMap(({ mediaTypes = [] }) => mediaTypes.flatMap(cleanType)));
  if (types.size === 0) return ANYTHING;
  const isJson = (type: string) => getBodyKind((type.split(";")[0] ?? "").toLowerCase()) === "json";
  const sorted = [...types].toSorted((a, b) => Number(isJson(b)) - Number(isJson(a))).slice(0, MAX_TYPES);
  // Weights fall from 1 to 0.6.
  const weighted = sorted.map((type, index) =>
    index === 0 ? type : `${type};q=${(10 - Math.min(index, 4)) / 10}`,
  );
  return [...weighted, "*/*;q=0.5"].join(", ");
}

/** Removes parameters that mean something else in `Accept`. Returns nothing for a type that says nothing or is invalid. */
function cleanType(text: string): string[] {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim());
  if (type === "*/*" || !MEDIA_TYPE.test(type)) return [];
  const kept = parameters.filter(
    (parameter) => PARAMETER.test(parameter) && !/^(q|charset)=/i.test(parameter),
  );
  return [[type, ...kept].join(";")];
}

const MEDIA_TYPE = /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/;
const PARAMETER = /^[\w!#$&^.+*-]+=(?:[\w!#$%&'*+.^`|~/:-]+|"[\x20\x21\x23-\x5b\x5d-\x7e]*")$/;
