/** Restricts a catalog to the tools that a caller may use. */
import type { OperationFacts, OperationPermission, Permissions } from "../access/authorization/types.ts";
import { createLinkDescriber } from "../tools/catalog/describe-links.ts";
import { changeTool } from "../tools/catalog/tool.ts";
import type { AnyTool, CustomTool, Tool } from "../tools/types.ts";
import type { ToolCatalog } from "./load-apis.ts";

/** Catalogs of one version that are kept. The least recently used are dropped first. */
const MAX_CATALOGS = 64;

/** The restricted catalogs of each version, by the key of the permissions. A turn computes none that another has computed. */
export class PermittedCatalogs {
  readonly #byVersion = new WeakMap<ToolCatalog, Map<string, ToolCatalog>>();

  /** Returns the catalog without forbidden tools. The others need the approval that the permissions say. */
  get(
    catalog: ToolCatalog,
    permissions: Permissions,
    join: (toolbox: ToolCatalog["toolbox"], custom: readonly CustomTool[]) => ToolCatalog,
  ): ToolCatalog {
    const kept = this.#byVersion.getOrInsertComputed(catalog, () => new Map());
    const known = kept.get(permissions.key);
    const restricted = known ?? restrictCatalog(catalog, permissions, join);
    // Inserted again, so that the map is ordered by last use.
    kept.delete(permissions.key);
    kept.set(permissions.key, restricted);
    const [oldest] = kept.keys();
    if (kept.size > MAX_CATALOGS && oldest !== undefined) kept.delete(oldest);
    return restricted;
  }
}

/** Returns what permissions say of a tool. */
export function permissionOf(tool: AnyTool, permissions: Permissions): OperationPermission {
  return permissions.operation(factsOf(tool));
}

function factsOf(tool: AnyTool): OperationFacts {
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

function restrictCatalog(
  catalog: ToolCatalog,
  permissions: Permissions,
  join: Parameters<PermittedCatalogs["get"]>[2],
): ToolCatalog {
  const { toolbox, custom } = catalog;
  const operations = restrictOperations(toolbox.tools, permissions);
  const others = custom.flatMap((tool) => {
    const confirm = confirmOf(tool, permissions);
    if (confirm === "forbidden") return [];
    return confirm === tool.confirm ? tool : { ...tool, confirm };
  });
  if (isSame(operations, toolbox.tools) && isSame(others, custom)) return catalog;
  return join(toolbox.restrict(operations), others);
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
