/** A request's JSON. Tools are most of it and the same from turn to turn: each is written once. */
import { stringifyJson } from "../../json.ts";
import type { ConverseBody, ToolBlock } from "./types.ts";

/** UTF-8. */
export function bodyBytes({ toolConfig, ...rest }: ConverseBody): Uint8Array {
  const text = stringifyJson(rest);
  if (!toolConfig) return Buffer.from(text);
  const tools = toolConfig.tools.map(toolText).join(",");
  return Buffer.from(`${text.slice(0, -1)},"toolConfig":{"tools":[${tools}]}}`);
}

const texts = new WeakMap<ToolBlock, string>();

function toolText(tool: ToolBlock): string {
  return texts.getOrInsertComputed(tool, stringifyJson);
}
