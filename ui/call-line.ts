/** Formats a call as text. */
import { escapeInvisible } from "./escape.ts";
import type { CallPart } from "./state/types.ts";

/** A call on one line: its path with the parameter values, and the remaining arguments. */
export interface CallLine {
  readonly path: string;
  readonly rest: string;
}

export function formatCallLine(call: Pick<CallPart, "name" | "path" | "arguments">): CallLine {
  const values = new Map(isRecord(call.arguments) ? Object.entries(call.arguments) : []);
  const path = (call.path ?? call.name).replace(/\{([^{}]+)\}/g, (placeholder, name: string) => {
    const value = values.get(name);
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint")
      return placeholder;
    values.delete(name);
    return encodeURIComponent(String(value).toWellFormed());
  });
  const rest = [...values].map(([name, value]) => `${name}: ${abbreviate(value)}`).join(", ");
  return { path: escapeInvisible(path), rest: escapeInvisible(rest) };
}

/** Returns the name of a call for accessible labels, such as "GET /orders/7". */
export function formatCallName(call: Pick<CallPart, "name" | "method" | "path" | "arguments">): string {
  return [call.method?.toUpperCase(), formatCallLine(call).path]
    .filter((word) => word !== undefined)
    .join(" ");
}

function abbreviate(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === "object" && value !== null) return "{…}";
  return String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
