/** The metadata of a protected resource, from which an MCP client learns where to get a token: RFC 9728. */
import { publicUrlOf } from "../../access/public-url.ts";
import type { Config } from "../../config/settings.ts";
import type { AppError } from "../../errors.ts";
import { isEncrypted } from "./client.ts";
import type { Route } from "./types.ts";

const PATH = "/.well-known/oauth-protected-resource";
const MCP_PATH = "/mcp";

/** Creates the route of the metadata. The form with the path of the resource comes first for clients: RFC 9728, section 3.1. */
export function createMetadataRoute(suffix: "" | typeof MCP_PATH): Route {
  return {
    path: () => `${PATH}${suffix}`,
    access: "public",
    methods: {
      GET: (request, context) =>
        Response.json(describeResource(request, context.app.config), {
          headers: { "Cache-Control": "max-age=300" },
        }),
    },
    enabled: isMetadataServed,
  };
}

/** Tokens come from the issuer that the settings name. Without one there is nothing to tell a client. */
function isMetadataServed({ contracts, jwtIssuer }: Config): boolean {
  return contracts.includes("mcp") && jwtIssuer !== undefined;
}

function describeResource(request: Request, config: Config) {
  const { jwtIssuer, jwtScopes } = config;
  return {
    resource: `${addressOf(request, config)}${MCP_PATH}`,
    authorization_servers: [jwtIssuer],
    bearer_methods_supported: ["header"],
    resource_name: "specchat",
    ...(jwtScopes.length > 0 && { scopes_supported: jwtScopes }),
  };
}

/**
 * Adds the header that says how to authenticate to a response with status 401: RFC 6750, section 3. The error is named only
 * to a client that presented a token.
 */
export function addChallenge(
  response: Response,
  request: Request,
  config: Config,
  error: AppError | undefined,
): void {
  if (response.status !== 401 || response.headers.has("www-authenticate")) return;
  const reason = error?.reason;
  const failure =
    reason === undefined || reason === "no_credentials"
      ? {}
      : { error: "invalid_token", error_description: error?.message ?? "" };
  const isMcp = URL.parse(request.url)?.pathname === MCP_PATH && isMetadataServed(config);
  const discovery = isMcp
    ? {
        ...(config.jwtScopes.length > 0 && { scope: config.jwtScopes.join(" ") }),
        resource_metadata: `${addressOf(request, config)}${PATH}${MCP_PATH}`,
      }
    : {};
  const parameters = Object.entries({ realm: "specchat", ...failure, ...discovery });
  const text = parameters.map(([name, value]) => `${name}="${value.replace(/[^\x20-\x7e]|["\\]/g, "")}"`);
  response.headers.set("WWW-Authenticate", `Bearer ${text.join(", ")}`);
}

/** Returns the address of the server as the client sees it. */
function addressOf(request: Request, config: Config): string {
  return publicUrlOf(request.headers, isEncrypted(request, new URL(request.url)), config);
}
