/** The definition and the arguments of the tool that shows charts. */
import { z } from "zod";
import type { ToolDefinition } from "../chat/types.ts";
import { parseJson } from "../json.ts";

export const CHART_TYPES = ["bar", "line", "area", "scatter", "pie"] as const;

/** Returns the definition. It is constant, so that cached prefixes stay valid. */
export function chartDefinition(name: string): ToolDefinition {
  const text = { type: "string" };
  return {
    name,
    description: "Show the person a chart of rows, or of a kept JSON result by its id.",
    inputSchema: {
      type: "object",
      properties: {
        type: { type: "string", enum: CHART_TYPES },
        title: text,
        x: { type: "string", description: "Field of the labels" },
        y: { type: "array", items: text, description: "Fields of the numbers" },
        stacked: { type: "boolean" },
        rows: { type: "array", items: { type: "object" } },
        id: { type: "string", description: "A kept result, instead of rows" },
        filter: { type: "string", description: "JMESPath that makes rows of the kept result" },
      },
      required: ["type", "title", "x", "y"],
    },
  };
}

/** Models may send objects and lists as JSON texts, and one field instead of a list. */
const parsed = (value: unknown): unknown => {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value ?? undefined;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
};
const toList = (value: unknown) => (typeof value === "string" ? [value] : value);
const optionalText = z.preprocess((value) => value || undefined, z.string().optional());

export const ChartArguments = z.object({
  type: z.enum(CHART_TYPES),
  title: z.string().max(200),
  x: z.string(),
  y: z.preprocess((value) => toList(parsed(value)), z.array(z.string()).min(1).max(12)),
  stacked: z.preprocess((value) => value ?? false, z.coerce.boolean()),
  rows: z.preprocess(parsed, z.array(z.record(z.string(), z.unknown())).optional()),
  id: optionalText,
  filter: optionalText,
});
export type ChartRequest = z.infer<typeof ChartArguments>;
