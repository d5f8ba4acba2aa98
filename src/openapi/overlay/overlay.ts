/**
 * Parses Overlay documents (https://spec.openapis.org/oas/overlay/v1.0.0.html). Supports `copy` and scalar targets of
 * version 1.1.
 */
import { z } from "zod";
import { DocumentError } from "../../errors.ts";
import { isObject, type JsonObject } from "../document/value.ts";

export interface Overlay {
  /** The path or URL that it was read from. */
  readonly location: string;
  /** The document that it was written for, as declared. */
  readonly extends?: string | undefined;
  readonly actions: readonly OverlayAction[];
}

/** A change to every value that `target` selects. */
export type OverlayAction = { readonly target: string } & (
  | { readonly type: "remove" }
  | { readonly type: "update"; readonly value: unknown }
  /** `from` selects the single value to merge. */
  | { readonly type: "copy"; readonly from: string }
  /** Has a target alone, or `remove: false`. */
  | { readonly type: "none" }
);

const Root = z.object({
  overlay: z.string(),
  info: z.object({ title: z.string(), version: z.string() }),
  extends: z.string().optional(),
  actions: z.array(z.unknown()).min(1),
});

const Action = z.object({
  target: z.string(),
  description: z.string().optional(),
  update: z.unknown().optional(),
  copy: z.string().optional(),
  remove: z.boolean().optional(),
});

/**
 * Validates an Overlay.
 * @throws DocumentError with the field or the number of the action, and the reason.
 */
export function readOverlay(value: unknown, location: string): Overlay {
  if (!isObject(value) || value.overlay === undefined) {
    const isApi = isObject(value) && ("openapi" in value || "swagger" in value);
    const hint = isApi ? "; it is an OpenAPI document: pass it with --spec" : "";
    throw new DocumentError(location, `is not an Overlay: it has no "overlay" field${hint}`);
  }
  // Unquoted versions are numbers in YAML.
  const info = isObject(value.info)
    ? { ...value.info, version: numberToText(value.info.version) }
    : value.info;
  const root = Root.safeParse({ ...value, overlay: numberToText(value.overlay), info });
  if (!root.success) throw new DocumentError(location, formatIssue(root.error));
  const { overlay: version, actions } = root.data;
  if (!/^1\.[01](\.|$)/.test(version))
    throw new DocumentError(location, `is Overlay ${version}; supported versions are 1.0 and 1.1`);
  return {
    location,
    extends: root.data.extends,
    actions: actions.map((action, index) => readAction(action, location, index + 1)),
  };
}

function readAction(value: unknown, location: string, number: number): OverlayAction {
  const actionError = (problem: string) => new DocumentError(location, `action ${number}: ${problem}`);
  const parsed = Action.safeParse(value);
  if (!parsed.success) throw actionError(formatIssue(parsed.error));
  const unknown = findUnknownField(value);
  if (unknown !== undefined) throw actionError(`unknown field "${unknown}"`);
  const { target, remove, copy } = parsed.data;
  if (remove === true) return { type: "remove", target };
  if (parsed.data.update !== undefined) return { type: "update", target, value: parsed.data.update };
  if (copy !== undefined) return { type: "copy", target, from: copy };
  return { type: "none", target };
}

function findUnknownField(action: unknown): string | undefined {
  const known = Object.keys(Action.shape);
  const fields: JsonObject = isObject(action) ? action : {};
  return Object.keys(fields).find((field) => !known.includes(field) && !field.startsWith("x-"));
}

function numberToText(value: unknown): unknown {
  return typeof value === "number" ? String(value) : value;
}

function formatIssue({ issues: [first] }: z.ZodError): string {
  const field = first?.path.join(".");
  return `${field ? `"${field}": ` : ""}${first?.message ?? "cannot be read"}`;
}
