/** Formats a call as text. */
import { escapeInvisible } from "./escape.ts";
import type { CallPart } from "./state/types.ts";

/** A call on one line: its path with the parameter values, and its arguments. */
export interface CallLine {
  readonly path: string;
  readonly values: string;
}

export function formatCallLine(call: Pick<CallPart, "name" | "path" | "arguments">): CallLine {
  const values = isRecord(call.arguments) ? call.arguments : {};
  const path = (call.path ?? call.name).replace(/\{([^{}]+)\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint")
      return placeholder;
    return encodeURIComponent(String(value).toWellFormed());
  });
  const list = Object.entries(values).map(([name, value]) => `${name}: ${abbreviate(value)}`);
  return { path: escapeInvisible(path), values: escapeInvisible(list.join(", ")) };
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
