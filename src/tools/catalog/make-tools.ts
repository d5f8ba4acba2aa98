/** Makes the tools of all APIs, and gives each excluded operation a reason. */
import type { ApiDescription, Operation, Rejection } from "../../openapi/types.ts";
import { isAllowedHost } from "../http/allowed-hosts.ts";
import { resolveBaseUrl } from "../http/base-url.ts";
import type { Api, Tool } from "../types.ts";
import { CURATION_FIELDS, readCuration } from "./curation.ts";
import { createLinkDescriber } from "./describe-links.ts";
import { assignNames, toLegalName } from "./names.ts";
import type { FilterCandidate, OperationFilter } from "./operation-filter.ts";
import { createTool } from "./tool.ts";
import type { Curation, RuleEffect } from "./types.ts";

/** Selects the operations that become tools. */
export interface ToolSelection {
  readonly filter: OperationFilter;
  readonly includeDeprecated: boolean;
  /** The maximum length of an operation's description in characters. */
  readonly descriptionLimit: number;
  /** Hosts that operations with their own servers can be sent to. */
  readonly allowedHosts: readonly string[];
}

export interface ApiTools {
  readonly tools: readonly Tool[];
  readonly rejected: readonly Rejection[];
  /** One entry for each rule of the filter and each field of `x-specchat` in use. */
  readonly effects: readonly RuleEffect[];
  readonly warnings: readonly string[];
}

/** Returns the tools of all APIs, in document order, and the rejected operations. Each step is one operation. */
export function* makeTools(
  apis: readonly { readonly api: Api; readonly description: ApiDescription }[],
  selection: ToolSelection,
): Generator<void, ApiTools> {
  const accepted: (AcceptedOperation & { readonly name: string })[] = [];
  const rejected: Rejection[] = [];
  const warnings = new Map<string, string[]>();
  const warn = (where: string, problem: string) => {
    const places = warnings.get(problem);
    if (places === undefined) warnings.set(problem, [where]);
    else places.push(where);
  };
  const matchCounts = new Map<string, number>();
  const count = (rule: string) => matchCounts.set(rule, (matchCounts.get(rule) ?? 0) + 1);
  for (const { api, description } of apis) {
    const resolve = memoizeTargets(api, description.url, selection);
    rejected.push(...description.rejected);
    // A rule for an operation that cannot be read is not a spelling mistake.
    for (const { method, path } of description.rejected)
      for (const { rule, matches } of selection.filter.rules)
        if (matches({ method, path, tags: [], name: "" })) count(rule);
    const curations = description.operations.map(readCuration);
    // Names are assigned before filtering, so that a filter does not rename tools.
    const names = assignNames(
      description.operations.map((operation, index) =>
        applyCuratedName(operation, curations[index]?.curation),
      ),
    );
    for (const [index, operation] of description.operations.entries()) {
      yield;
      const name = names[index] ?? "operation";
      const { curation, fields, problems } = curations[index] ?? readCuration(operation);
      const where = `${operation.method} ${operation.path}`;
      for (const problem of problems) warn(where, problem);
      if (curation.name !== undefined && curation.name !== name)
        warn(where, `the name ${curation.name} is taken by another tool; ${name} is used`);
      for (const field of fields) count(`x-specchat.${field}`);
      const candidate = { ...operation, name };
      for (const { rule, matches } of selection.filter.rules) if (matches(candidate)) count(rule);
      const rejectionReason = findRejectionReason(candidate, curation, selection);
      const target = rejectionReason ?? resolve(operation.servers);
      if (typeof target === "string")
        rejected.push({ method: operation.method, path: operation.path, reason: target });
      else accepted.push({ api: target, operation, name, curation });
    }
  }
  const owners = new Map<string, Set<string>>();
  for (const { api, name } of accepted) {
    const key = name.toLowerCase();
    owners.set(key, (owners.get(key) ?? new Set()).add(api.name));
  }
  const named = accepted.map((one) => {
    const isShared = (owners.get(one.name.toLowerCase())?.size ?? 0) > 1;
    return isShared ? { ...one, name: toLegalName(`${one.api.name}_${one.name}`) } : one;
  });
  const describeLinks = createLinkDescriber(named);
  const tools = named.map((one) =>
    createTool(one.name, one.operation, one.api, selection, one.curation, describeLinks(one)),
  );
  return {
    tools,
    rejected,
    effects: summarizeEffects(selection.filter, matchCounts),
    warnings: [
      ...apis.flatMap(({ description }) => description.warnings),
      ...[...warnings].map(formatWarning),
    ],
  };
}

/** Formats one line for a problem, however many operations have it: an overlay can cause hundreds. */
function formatWarning([problem, [first, ...more]]: [string, string[]]): string {
  return `${first}${more.length > 0 ? ` and ${more.length} more` : ""}: ${problem}`;
}

interface AcceptedOperation {
  readonly api: Api;
  readonly operation: Operation;
  readonly curation: Curation;
}

function applyCuratedName(operation: Operation, curation: Curation | undefined): Operation {
  return curation?.name === undefined ? operation : { ...operation, operationId: curation.name };
}

function summarizeEffects(
  { rules }: OperationFilter,
  matchCounts: ReadonlyMap<string, number>,
): readonly RuleEffect[] {
  const fields = CURATION_FIELDS.map((field) => ({ rule: `x-specchat.${field}`, effect: "is set on" }));
  return [
    ...fields.filter(({ rule }) => matchCounts.has(rule)),
    ...rules.map(({ rule, effect }) => ({ rule, effect })),
  ].map((rule) => ({ ...rule, operations: matchCounts.get(rule.rule) ?? 0 }));
}

function findRejectionReason(
  operation: Operation & FilterCandidate,
  curation: Curation,
  { filter, includeDeprecated }: ToolSelection,
): string | undefined {
  if (curation.hide) return "hidden by x-specchat";
  if (operation.deprecated && !includeDeprecated) return "deprecated; include it with --include-deprecated";
  if (/(^|\/)\.{1,2}(\/|$)/.test(operation.path))
    return "the path has a dot segment, which HTTP clients remove";
  const header = operation.parameters.find(
    ({ in: location, name }) => location === "header" && !LEGAL_HEADER.test(name),
  );
  if (header)
    return `the header parameter ${JSON.stringify(header.name)} has a name that HTTP does not allow`;
  return filter.findRejectionReason(operation);
}

const LEGAL_HEADER = /^[\w!#$%&'*+.^`|~-]+$/;

/** Resolves the servers of operations. Most operations share those of the document. */
function memoizeTargets(api: Api, documentUrl: string | undefined, selection: ToolSelection) {
  const targets = new Map<Operation["servers"], Api | string>();
  return (servers: Operation["servers"]): Api | string => {
    const target = targets.get(servers) ?? resolveTarget(servers, api, documentUrl, selection);
    targets.set(servers, target);
    return target;
  };
}

/** Returns the API with the operation's own base URL, or the reason why that URL is not allowed. */
function resolveTarget(
  servers: Operation["servers"],
  api: Api,
  documentUrl: string | undefined,
  { allowedHosts }: ToolSelection,
): Api | string {
  if (api.baseUrlIsFixed || servers.length === 0) return api;
  // A document without a URL resolves relative servers against the API's base URL.
  const resolved = resolveBaseUrl({
    servers,
    documentUrl: documentUrl ?? `${api.baseUrl}/`,
  });
  if (resolved.outcome === "unknown" || resolved.baseUrl === api.baseUrl) return api;
  const serverUrl = new URL(resolved.baseUrl);
  const isKnown = serverUrl.origin === new URL(api.baseUrl).origin || isAllowedHost(serverUrl, allowedHosts);
  if (isKnown) return { ...api, baseUrl: resolved.baseUrl };
  return `the server ${serverUrl.origin} is not the API's origin; include it with --allow-hosts ${serverUrl.host}`;
}
