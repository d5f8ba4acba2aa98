/** Writes overlays that people edit and then use with `--overlay`. */
import { stringify } from "yaml";
import type { Tool } from "../tools/types.ts";

/** A change of one operation, with an explanation for the person who edits it. */
export interface OperationUpdate {
  readonly tool: Tool;
  readonly comment?: string;
  /** The fields of `x-specchat`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Returns the overlay as YAML. */
export function formatOverlay(title: string, updates: readonly OperationUpdate[]): string {
  const head = stringify({ overlay: "1.0.0", info: { title, version: "1.0.0" } });
  const actions = updates.map(({ tool, comment, fields }) => {
    const action = stringify([{ target: toTarget(tool), update: { "x-specchat": fields } }], {
      lineWidth: 0,
    });
    const comments = comment === undefined ? "" : `  # ${comment.replace(/\s+/g, " ")}\n`;
    return `${comments}${action.replace(/^(?=.)/gm, "  ")}`;
  });
  return `${head}actions:${actions.length === 0 ? " []\n" : `\n${actions.join("")}`}`;
}

/** Returns the JSONPath (RFC 9535) of an operation. */
function toTarget({ operation: { path, method } }: Tool): string {
  const name = `['${path.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
  const isStandard = /^(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE|QUERY)$/.test(method);
  return `$.paths${name}${isStandard ? `.${method.toLowerCase()}` : `.additionalOperations['${method}']`}`;
}
