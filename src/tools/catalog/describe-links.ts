/** Tells the model which tools an operation's response leads to: https://spec.openapis.org/oas/v3.1.1.html#link-object */
import type { Link, Operation } from "../../openapi/types.ts";

interface NamedOperation {
  readonly api: { readonly name: string };
  readonly operation: Operation;
  readonly name: string;
}

/** Describes the links of an operation in one sentence. Returns "" when it has none. */
export type DescribeLinks = (operation: NamedOperation) => string;

const MAX_LINKS = 5;
const MAX_LENGTH = 500;

/** Creates the description of links between the operations that are tools. Links to others are left out. */
export function createLinkDescriber(operations: readonly NamedOperation[]): DescribeLinks {
  if (!operations.some(({ operation }) => operation.responses.some(({ links }) => links))) return () => "";
  const names = new Map<string, string>();
  for (const { api, operation, name } of operations) {
    names.set(`${api.name} ${operation.method} ${operation.path}`, name);
    if (operation.operationId !== undefined) names.set(`${api.name} ${operation.operationId}`, name);
  }
  return ({ api, operation }) => {
    const links = operation.responses.flatMap((response) => response.links ?? []);
    const texts = links.flatMap((link) => {
      const name = names.get(`${api.name} ${formatTarget(link)}`);
      return name === undefined ? [] : [formatCall(name, link)];
    });
    const shown = [...new Set(texts)].slice(0, MAX_LINKS);
    const text = shown.length === 0 ? "" : `Leads to ${shown.join(", ")}.`;
    return text.length > MAX_LENGTH ? "" : text;
  };
}

function formatTarget({ operationId, endpoint }: Link): string {
  return operationId ?? `${endpoint?.method} ${endpoint?.path}`;
}

/** Formats `getOrder (id = $response.body#/id)`. */
function formatCall(name: string, { values }: Link): string {
  const pairs = values.map(([key, expression]) => `${key} = ${expression}`);
  return pairs.length === 0 ? name : `${name} (${pairs.join(", ")})`;
}
