/** Serializes a request of the Responses API. Each tool is serialized once, since tools do not change between turns. */
import { stringifyJson } from "../../../json.ts";
import type { ResponsesBody, ResponsesTool } from "./types.ts";

/** Returns the body as UTF-8 bytes. */
export function serializeResponsesBody({ tools, ...rest }: ResponsesBody): Uint8Array {
  if (!tools) return Buffer.from(stringifyJson(rest));
  const list = tools.map((tool) => serializedTools.getOrInsertComputed(tool, stringifyJson)).join(",");
  return Buffer.from(`{"tools":[${list}],${stringifyJson(rest).slice(1)}`);
}

const serializedTools = new WeakMap<ResponsesTool, string>();
