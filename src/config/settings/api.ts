/** Settings of the APIs: documents, credentials, filters, overlays and other tools. */
import {
  type EntryParser,
  integer,
  list,
  number,
  oneOf,
  parseHttpUrl,
  repeated,
  text,
  toggle,
} from "../kinds.ts";
import { readMcpEntry } from "../mcp-servers.ts";
import { parseHeader, parsePerApiValue } from "../per-api.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("The API");

/** Returns a parser of entries that may begin with an API's name; `parseEntry` parses the rest. */
function withApiName(parseEntry: EntryParser): EntryParser {
  return (entry) => {
    const { name, value } = parsePerApiValue(entry);
    return name === undefined ? parseEntry(value) : `${name}=${parseEntry(value)}`;
  };
}

function normalizeHeader(entry: string): string {
  return parseHeader(entry).join(": ");
}

/** @throws Error whose message names the allowed values. */
function parseCredential(entry: string): string {
  if (!/^[^:\s][^:]*:\s*\S/.test(entry)) throw new Error("a credential of the form SCHEME: VALUE");
  return entry;
}

/** Headers of one connection, and headers that specchat sets itself: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const NOT_FORWARDABLE =
  /^(host|connection|upgrade|keep-alive|te|trailer|transfer-encoding|content-.*|expect|origin|cookie|accept|sec-.*|proxy-.*)$/i;

/** @throws Error whose message names the allowed values. */
function parseForwardableHeader(entry: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(entry)) throw new Error("the name of a header");
  if (NOT_FORWARDABLE.test(entry))
    throw new Error("a header that may be forwarded (cookies: --forward-cookies)");
  return entry;
}

/** @throws Error whose message names the allowed values. */
function parseCookieName(entry: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(entry)) throw new Error("the name of a cookie");
  return entry;
}

/** @throws Error whose message names the allowed values. */
function validateMcpServer(entry: string): string {
  readMcpEntry(entry);
  return entry;
}

export const apiGroup = {
  spec: setting(
    repeated("FILE|URL|-"),
    [],
    "OpenAPI document of an API; several are served together (name=… names one); `demo` is the built-in shop",
  ),
  specPoll: setting(
    number({ above: 0 }),
    60,
    "poll interval for documents at URLs, in seconds; files are watched",
  ),
  specWait: setting(
    number({ min: 0 }),
    60,
    "seconds that the server waits at start for a document whose API does not respond yet; 0 does not wait",
  ),
  baseUrl: setting(
    repeated("URL", withApiName(parseHttpUrl)),
    [],
    "base URL for API requests, instead of the document's servers (name=… for one of several APIs)",
  ),
  apiHeader: setting(
    repeated("NAME: VALUE", withApiName(normalizeHeader)),
    [],
    "header for every API request (name=NAME: VALUE for one of several APIs)",
    { secret: true },
  ),
  apiCredential: setting(
    repeated("SCHEME: VALUE", withApiName(parseCredential)),
    [],
    "credential for a security scheme: key, token, user:password or client-id:client-secret (name=SCHEME: VALUE for one of several APIs)",
    { secret: true },
  ),
  forwardHeaders: setting(
    list("NAME,…", withApiName(parseForwardableHeader)),
    [],
    "headers of the caller's request to forward with each API call (name=NAME for one of several APIs)",
  ),
  forwardCookies: setting(
    list("NAME,…", withApiName(parseCookieName)),
    [],
    "cookies of the caller's request to forward with each API call (name=NAME for one of several APIs)",
  ),
  apiClientCert: setting(
    repeated("FILE"),
    [],
    "PEM client certificate for mutual TLS with the API (name=FILE for one of several APIs)",
  ),
  apiClientKey: setting(repeated("FILE"), [], "PEM private key of the client certificate"),
  apiCa: setting(
    repeated("FILE"),
    [],
    "PEM CA certificates to verify the API with, instead of the system's (name=FILE for one of several APIs)",
  ),
  specHeader: setting(
    repeated("NAME: VALUE", withApiName(normalizeHeader)),
    [],
    "header for fetching a private document, sent to its own origin only (name=NAME: VALUE for one of several APIs)",
    { secret: true },
  ),
  allowedPaths: setting(
    list("PATH,…"),
    [],
    "paths of the operations to offer, with everything below them; globs allowed",
    {
      env: ["BEDROCK_ALLOWED_PATHS"],
    },
  ),
  excludedPaths: setting(
    list("PATH,…"),
    [],
    "path prefixes of the operations to leave out, with or without a trailing slash; globs allowed",
    {
      env: ["BEDROCK_EXCLUDED_PATHS"],
    },
  ),
  allowedMethods: setting(list("METHOD,…"), [], "HTTP methods of the operations to offer"),
  excludedMethods: setting(list("METHOD,…"), [], "HTTP methods of the operations to leave out"),
  allowedTags: setting(list("TAG,…"), [], "tags of the operations to offer; globs allowed"),
  excludedTags: setting(list("TAG,…"), [], "tags of the operations to leave out; globs allowed"),
  allowedOperations: setting(
    list("NAME,…"),
    [],
    "operationIds or tool names of the operations to offer; globs allowed",
  ),
  excludedOperations: setting(
    list("NAME,…"),
    [],
    "operationIds or tool names of the operations to leave out; globs allowed",
  ),
  allowUnmatched: setting(
    toggle(),
    false,
    "start although an --excluded-… rule matches no operation, which may be a spelling mistake",
  ),
  overlay: setting(
    repeated(
      "FILE|URL",
      withApiName((entry) => entry),
    ),
    [],
    "OpenAPI Overlay to apply to the document; several are applied in order (name=… for one of several APIs)",
  ),
  allowHosts: setting(
    list("HOST,…"),
    [],
    "allowed hosts of documents, operation servers, redirects and files that clients name by URL, in addition to the API's own; also link-local addresses, which are refused otherwise",
  ),
  specRoot: optional(
    text("FOLDER"),
    "folder that references of a --spec file may reach, in addition to its own folder and the parent",
  ),
  toolsDir: optional(
    text("FOLDER"),
    "folder of custom tools, *.tool.ts and *.tool.js modules that run in the server process",
  ),
  mcp: setting(
    repeated("URL|COMMAND", validateMcpServer),
    [],
    "MCP server whose tools the assistant can also call (name=… names it)",
    { secret: true },
  ),
  mcpConfig: optional(text("FILE"), "JSON file of MCP servers in the usual mcpServers format"),
  toolBudget: setting(
    integer({ min: 0 }),
    10_000,
    "tokens of tool definitions in a request; when all tools take more, the model searches for operations; 0 sets no limit",
  ),
  toolMap: setting(
    oneOf(["full", "short"]),
    "full",
    "size of the map of the API that a searching model reads: about 4,000 or 1,800 tokens at most",
  ),
  pinnedTools: setting(
    list("NAME,…"),
    [],
    "operationIds or tool names of the tools that are always described to a searching model; globs allowed",
  ),
  mcpTools: setting(
    oneOf(["all", "search"]),
    "all",
    "tools that MCP clients are offered: all of them, or the search tools when all exceed the budget",
  ),
  includeDeprecated: setting(toggle(), false, "offer deprecated operations too"),
  descriptionLimit: setting(
    integer({ min: 20 }),
    600,
    "maximum characters of an operation's description for the model; half of it for a property's",
  ),
  timeout: setting(
    number({ above: 0 }),
    30,
    "time limit of a call to an API, a custom tool or an MCP server, in seconds",
    {
      env: ["BEDROCK_TIMEOUT", "TIMEOUT"],
    },
  ),
  maxResponseSize: setting(integer({ min: 1000 }), 10_000_000, "maximum size of an API response, in bytes"),
};
