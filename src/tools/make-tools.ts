import type { ApiDescription, Operation, Parameter, Rejection } from "../openapi/types.ts";
import { decideBaseUrl } from "./base-url.ts";
import { assignNames, legalName } from "./names.ts";
import type { PathFilter } from "./path-filter.ts";
import { createTool } from "./tool.ts";
import type { Api, Tool } from "./types.ts";

/** Which operations become tools. */
export interface Selection {
  readonly filter: PathFilter;
  readonly includeDeprecated: boolean;
  /** Characters of an operation's description. */
  readonly descriptionLimit: number;
  /** Hosts that operations with a server of their own may go to. */
  readonly allowedHosts: readonly string[];
}

export interface ApiTools {
  readonly tools: readonly Tool[];
  readonly rejected: readonly Rejection[];
}

/** The tools of all APIs, in the documents' order, and every operation that became none with its reason. */
export function makeTools(
  apis: readonly { readonly api: Api; readonly description: ApiDescription }[],
  selection: Selection,
): ApiTools {
  const offered: { readonly api: Api; readonly operation: Operation; readonly name: string }[] = [];
  const rejected: Rejection[] = [];
  for (const { api, description } of apis) {
    rejected.push(...description.rejected);
    // Names are given before anything is left out, so that a filter renames nothing.
    const names = assignNames(description.operations);
    description.operations.forEach((operation, index) => {
      const reason = reasonAgainst(operation, selection);
      const target = reason === undefined ? targetOf(operation, api, description.url, selection) : reason;
      if (typeof target === "string")
        rejected.push({ method: operation.method, path: operation.path, reason: target });
      else
        offered.push({
          api: target,
          operation: withoutIdleBody(withPathParameters(operation)),
          name: names[index] ?? "operation",
        });
    });
  }
  const owners = new Map<string, Set<string>>();
  for (const { api, name } of offered) {
    const key = name.toLowerCase();
    owners.set(key, (owners.get(key) ?? new Set()).add(api.name));
  }
  const tools = offered.map(({ api, operation, name }) => {
    const isShared = (owners.get(name.toLowerCase())?.size ?? 0) > 1;
    return createTool(isShared ? legalName(`${api.name}_${name}`) : name, operation, api, selection);
  });
  return { tools, rejected };
}

function reasonAgainst(operation: Operation, { filter, includeDeprecated }: Selection): string | undefined {
  if (operation.deprecated && !includeDeprecated) return "deprecated; --include-deprecated offers it";
  if (/(^|\/)\.{1,2}(\/|$)/.test(operation.path))
    return "its path has a dot segment, which no client can send";
  if (operation.body?.required && BODILESS.has(operation.method))
    return `a ${operation.method} request cannot be sent with the body it requires`;
  const header = operation.parameters.find(
    ({ in: place, name }) => place === "header" && !LEGAL_HEADER.test(name),
  );
  if (header) return `its header parameter ${JSON.stringify(header.name)} has no name that HTTP allows`;
  return filter(operation.path);
}

const LEGAL_HEADER = /^[\w!#$%&'*+.^`|~-]+$/;

const BODILESS = new Set(["GET", "HEAD", "TRACE"]);

/** A body "SHALL be ignored" where HTTP gives it no meaning: section Operation Object of 3.0. */
function withoutIdleBody(operation: Operation): Operation {
  return operation.body && BODILESS.has(operation.method) ? { ...operation, body: undefined } : operation;
}

/** The API with the address of this operation, or why it may not go there. */
function targetOf(
  operation: Operation,
  api: Api,
  documentUrl: string | undefined,
  { allowedHosts }: Selection,
): Api | string {
  if (api.baseUrlIsFixed || operation.servers.length === 0) return api;
  const decided = decideBaseUrl({ servers: operation.servers, documentUrl });
  if (decided.outcome === "unknown" || decided.baseUrl === api.baseUrl) return api;
  const own = new URL(decided.baseUrl);
  const isKnown =
    own.origin === new URL(api.baseUrl).origin ||
    allowedHosts.includes(own.host) ||
    allowedHosts.includes(own.hostname);
  if (isKnown) return { ...api, baseUrl: decided.baseUrl };
  return `its server ${own.origin} is not the API's address; --allow-hosts ${own.host} offers it`;
}

/** Every `{name}` of the path is a parameter, described or not; a path parameter without its place is none. */
function withPathParameters(operation: Operation): Operation {
  const named = [...operation.path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
  const inPath = operation.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  const missing = named.filter((name) => !inPath.includes(name));
  const idle = inPath.filter((name) => !named.includes(name));
  if (missing.length === 0 && idle.length === 0) return operation;
  const kept = operation.parameters.filter(({ in: place, name }) => place !== "path" || named.includes(name));
  return { ...operation, parameters: [...[...new Set(missing)].map(undescribed), ...kept] };
}

function undescribed(name: string): Parameter {
  return {
    name,
    in: "path",
    required: true,
    deprecated: false,
    style: "simple",
    explode: false,
    allowReserved: false,
    allowEmptyValue: false,
    schema: { type: "string" },
  };
}
