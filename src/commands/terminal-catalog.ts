/** The tools of a command in a terminal. */
import { TERMINAL } from "../access/caller.ts";
import type { ApiRegistry } from "../apis/api-registry.ts";
import type { ToolCatalog } from "../apis/load-apis.ts";
import { loadAuthorizer } from "../app/roles.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import { permittedCatalog } from "../turns/permitted-catalog.ts";

/** Returns the tools that `--terminal-roles` allow. @throws ConfigError when the roles are unreadable */
export async function terminalCatalog(
  apis: ApiRegistry,
  config: Pick<Config, "roles" | "terminalRoles">,
  ports: Pick<Ports, "io">,
): Promise<ToolCatalog> {
  return permittedCatalog({ apis, authorizer: await loadAuthorizer(config, ports) }, TERMINAL);
}
