import { type EntryParser, integer, list, number, parseHttpUrl, repeated, text, toggle } from "../kinds.ts";
import { readMcpEntry } from "../mcp-servers.ts";
import { parseHeader, parsePerApiValue } from "../per-api.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("The API");

/** An entry that may begin with an API's name; `read` sees what follows. */
function withApiName(parseEntry: EntryParser): EntryParser {
  return (entry) => {
    const { name, value } = parsePerApiValue(entry);
    return name === undefined ? parseEntry(value) : `${name}=${parseEntry(value)}`;
  };
}

function normalizeHeader(entry: string): string {
  return parseHeader(entry).join(": ");
}

/** @throws Error saying what is allowed. */
function parseCredential(entry: string): string {
  if (!/^[^:\s][^:]*:\s*\S/.test(entry)) throw new Error("a credential as SCHEME: VALUE");
  return entry;
}

/** Headers that belong to one connection, or that the request itself decides: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const NOT_FORWARDABLE =
  /^(host|connection|upgrade|keep-alive|te|trailer|transfer-encoding|content-.*|expect|origin|cookie|accept|sec-.*|proxy-.*)$/i;

/** @throws Error saying what is allowed. */
function parseForwardableHeader(entry: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(entry)) throw new Error("a header's name");
  if (NOT_FORWARDABLE.test(entry))
    throw new Error("a header that may be forwarded (cookies: --forward-cookies)");
  return entry;
}

/** @throws Error saying what is allowed. */
function parseCookieName(entry: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(entry)) throw new Error("a cookie's name");
  return entry;
}

/** @throws Error saying what is allowed. */
function validateMcpServer(entry: string): string {
  readMcpEntry(entry);
  return entry;
}

export const apiGroup = {
  spec: setting(
    repeated("FILE|URL|-"),
    [],
    "OpenAPI document of the API; several are served together (name=… gives one a name)",
  ),
  specPoll: setting(
    number({ above: 0 }),
    60,
    "seconds between two looks at whether a document at a URL has changed; files are watched",
  ),
  baseUrl: setting(
    repeated("URL", withApiName(parseHttpUrl)),
    [],
    "where the API's requests go, instead of the document's servers (name=… for one of several)",
  ),
  apiHeader: setting(
    repeated("NAME: VALUE", withApiName(normalizeHeader)),
    [],
    "a header sent with every API request (name=NAME: VALUE for one of several)",
    { secret: true },
  ),
  apiCredential: setting(
    repeated("SCHEME: VALUE", withApiName(parseCredential)),
    [],
    "what a security scheme of the document is met with: a key, a token, user:password, client-id:client-secret (name=SCHEME: VALUE for one of several)",
    { secret: true },
  ),
  forwardHeaders: setting(
    list("NAME,…", withApiName(parseForwardableHeader)),
    [],
    "headers of the caller's own request that go on to the API with each call (name=NAME for one of several)",
  ),
  forwardCookies: setting(
    list("NAME,…", withApiName(parseCookieName)),
    [],
    "cookies of the caller's own request that go on to the API with each call (name=NAME for one of several)",
  ),
  apiClientCert: setting(
    repeated("FILE"),
    [],
    "PEM certificate shown to an API that asks for one, mutual TLS (name=FILE for one of several)",
  ),
  apiClientKey: setting(repeated("FILE"), [], "PEM key of that certificate"),
  apiCa: setting(
    repeated("FILE"),
    [],
    "PEM certificates an API's own is checked against, instead of the system's (name=FILE for one of several)",
  ),
  specHeader: setting(
    repeated("NAME: VALUE", withApiName(normalizeHeader)),
    [],
    "a header sent to fetch a private document, to its own origin alone (name=NAME: VALUE for one of several)",
    { secret: true },
  ),
  allowedPaths: setting(list("PATH,…"), [], "offer only operations at or below these paths; globs allowed", {
    env: ["BEDROCK_ALLOWED_PATHS"],
  }),
  excludedPaths: setting(
    list("PATH,…"),
    [],
    "leave out operations whose path begins with one of these; globs allowed",
    { env: ["BEDROCK_EXCLUDED_PATHS"] },
  ),
  allowedMethods: setting(list("METHOD,…"), [], "offer only operations with these methods"),
  excludedMethods: setting(list("METHOD,…"), [], "leave out operations with these methods"),
  allowedTags: setting(list("TAG,…"), [], "offer only operations with one of these tags; globs allowed"),
  excludedTags: setting(list("TAG,…"), [], "leave out operations with one of these tags; globs allowed"),
  allowedOperations: setting(
    list("NAME,…"),
    [],
    "offer only operations with these operationIds or tool names; globs allowed",
  ),
  excludedOperations: setting(
    list("NAME,…"),
    [],
    "leave out operations with these operationIds or tool names; globs allowed",
  ),
  overlay: setting(
    repeated(
      "FILE|URL",
      withApiName((entry) => entry),
    ),
    [],
    "OpenAPI Overlay laid over the document before it is read; several, in this order (name=… for one of several APIs)",
  ),
  allowHosts: setting(
    list("HOST,…"),
    [],
    "hosts besides the API's own that documents, servers of single operations and redirects may lead to",
  ),
  specRoot: optional(
    text("FOLDER"),
    "folder whose files a --spec file may refer to, besides its own folder and the one above",
  ),
  toolsDir: optional(
    text("FOLDER"),
    "folder of *.tool.ts and *.tool.js modules, tools of your own beside the API's; they run as part of the server",
  ),
  mcp: setting(
    repeated("URL|COMMAND", validateMcpServer),
    [],
    "an MCP server whose tools the assistant uses too (name=… gives it a name)",
    { secret: true },
  ),
  mcpConfig: optional(text("FILE"), "JSON file of MCP servers, as other programs read it: mcpServers"),
  includeDeprecated: setting(toggle(), false, "offer deprecated operations too"),
  descriptionLimit: setting(
    integer({ min: 20 }),
    600,
    "characters of an operation's description the model is shown; of a property's, half of it",
  ),
  timeout: setting(
    number({ above: 0 }),
    30,
    "seconds an API call may take, or a tool of your own or of an MCP server",
    {
      env: ["BEDROCK_TIMEOUT", "TIMEOUT"],
    },
  ),
  maxResponseSize: setting(integer({ min: 1000 }), 10_000_000, "bytes of an API's answer that are read"),
};
