import { stringifyJson } from "../../json.ts";
import { getBodyKind } from "../schema/media-type.ts";
import { formatScalar } from "./parameter-style.ts";

/** Serializes the value of a parameter that has a media type. */
export function serializeContent(mediaType: string, value: unknown): string {
  return getBodyKind(mediaType) === "json" ? stringifyJson(value) : formatScalar(value);
}
