/** Restricts a catalog to the tools that a caller may use. */
import type { OperationFacts, OperationPermission, Permissions } from "../access/authorization/types.ts";
import type { Caller } from "../access/types.ts";
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { App } from "../context.ts";
import { createLinkDescriber } from "../tools/catalog/describe-links.ts";
import { changeTool } from "../tools/catalog/tool.ts";
import type { AnyTool, Tool } from "../tools/types.ts";

/** Catalogs of one version that are kept. The least recently used are dropped first. */
const MAX_CATALOGS = 64;

/** Catalog → key of permissions → its restriction. No turn computes what another has computed. */
const restrictions = new WeakMap<ToolCatalog, Map<string, ToolCatalog>>();

/** Returns the current tools that a caller may use. The same object until the documents or the roles change. */
export function permittedCatalog(
  { apis, authorizer }: Pick<App, "apis" | "authorizer">,
  caller: Caller,
): ToolCatalog {
  return restrictCatalog(apis.current, authorizer.permissionsFor(caller));
}

/** Returns the catalog without forbidden tools. The others need the approval that the permissions say. */
export function restrictCatalog(catalog: ToolCatalog, permissions: Permissions): ToolCatalog {
  const kept = restrictions.getOrInsertComputed(catalog, () => new Map());
  const { key } = permissions;
  const restricted = kept.get(key) ?? computeRestriction(catalog, permissions);
  // Inserted again, so that the map is ordered by last use.
  kept.delete(key);
  kept.set(key, restricted);
  const [oldest] = kept.keys();
  if (kept.size > MAX_CATALOGS && oldest !== undefined) kept.delete(oldest);
  return restricted;
}

/** Records a call of a tool that exists and that is not in the caller's catalog. The caller does not learn that it exists. */
export function recordForbiddenCall({ apis, audit }: Pick<App, "apis" | "audit">, name: string): void {
  const tool = audit.isOn ? apis.current.find(name) : undefined;
  if (tool) audit.record({ event: "denied", reason: "authorization", code: "operation", subject: tool.name });
}

/** Returns what permissions say of a tool. */
export function permissionOf(tool: AnyTool, permissions: Permissions): OperationPermission {
  return permissions.operation(factsOf(tool));
}

/** Returns what rules match of a tool. */
export function factsOf(tool: AnyTool): OperationFacts {
  const { name, readOnly } = tool;
  if (!("operation" in tool)) {
    const source = tool.server ?? tool.source;
    return { name, tags: [], source, readOnly, isConfirmed: tool.confirm === "always" };
  }
  const { api, operation, curation } = tool;
  const { operationId, method, path, tags } = operation;
  return {
    name,
    api: api.name,
    method,
    path,
    tags,
    readOnly,
    isConfirmed: curation.confirm === "always",
    ...(operationId !== undefined && { operationId }),
  };
}

function computeRestriction(catalog: ToolCatalog, permissions: Permissions): ToolCatalog {
  const { toolbox, custom } = catalog;
  const operations = restrictOperations(toolbox.tools, permissions);
  const others = custom.flatMap((tool) => {
    const confirm = confirmOf(tool, permissions);
    if (confirm === "forbidden") return [];
    return confirm === tool.confirm ? tool : { ...tool, confirm };
  });
  if (isSame(operations, toolbox.tools) && isSame(others, custom)) return catalog;
  return catalog.restrict(operations, others);
}

function isSame(tools: readonly AnyTool[], others: readonly AnyTool[]): boolean {
  return tools.length === others.length && tools.every((tool, index) => tool === others[index]);
}

function restrictOperations(tools: readonly Tool[], permissions: Permissions): readonly Tool[] {
  const permitted = tools.flatMap((tool) => {
    const confirm = confirmOf(tool, permissions);
    return confirm === "forbidden" ? [] : { tool, confirm };
  });
  const describeLinks = createLinkDescriber(permitted.map(({ tool }) => tool));
  return permitted.map(({ tool, confirm }) => changeTool(tool, { confirm, links: describeLinks(tool) }));
}

/** Returns whether calls of a tool need approval, or that there must be none. */
function confirmOf(tool: AnyTool, permissions: Permissions): AnyTool["confirm"] | "forbidden" {
  switch (permissionOf(tool, permissions)) {
    case "forbidden":
      return "forbidden";
    case "ask":
      return "always";
    case "never-ask":
      return "never";
    case "allowed":
      return tool.confirm;
  }
}
