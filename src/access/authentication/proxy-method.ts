/** Authentication by headers that a trusted proxy sets. */
import { BlockList, isIP } from "node:net";
import type { Identity } from "../types.ts";
import { refuse } from "./refuse.ts";
import type { PresentedCredentials } from "./types.ts";

export interface ProxySettings {
  /** Entries such as `user=X-Forwarded-User`, `organization=…` and `roles=…`. */
  readonly identityHeaders: readonly string[];
  /** Addresses and networks of the proxies. */
  readonly identityProxies: readonly string[];
}

/** The names of the headers. */
interface HeaderNames {
  readonly user?: string;
  readonly organization?: string;
  readonly roles?: string;
}

const MAX_TEXT = 256;

/** Returns the function that reads the headers, or undefined when none are configured. */
export function createProxyMethod({
  identityHeaders,
  identityProxies,
}: ProxySettings): ((presented: PresentedCredentials) => Identity | undefined) | undefined {
  if (identityHeaders.length === 0) return undefined;
  const names: HeaderNames = Object.fromEntries(identityHeaders.map((entry) => entry.split("=", 2)));
  const proxies = toBlockList(identityProxies);
  return ({ headers, peer }) => {
    const present = Object.values(names).filter((name) => headers.has(name));
    if (present.length === 0) return undefined;
    // Ignoring a header of the client itself would hide a proxy that is configured wrongly.
    if (!contains(proxies, peer))
      throw refuse("untrusted_proxy", `The header ${present[0]} is accepted from trusted proxies only.`);
    return readHeaders(headers, names);
  };
}

function readHeaders(headers: Headers, { user = "", organization, roles }: HeaderNames): Identity {
  const name = readSingle(headers, user);
  if (name === undefined) throw refuse("missing_claim", `The proxy sent no header ${user}.`);
  const company = organization === undefined ? undefined : readSingle(headers, organization);
  if (organization !== undefined && company === undefined)
    throw refuse("missing_claim", `The proxy sent no header ${organization}.`);
  const list = roles === undefined ? "" : (headers.get(roles) ?? "");
  return {
    user: name,
    roles: list
      .split(",")
      .map((role) => role.trim())
      .filter((role) => role !== ""),
    method: "proxy",
    ...(company !== undefined && { organization: company }),
  };
}

/** A comma joins the values of a header that was sent twice: one may be the client's own. */
function readSingle(headers: Headers, name: string): string | undefined {
  const value = headers.get(name)?.trim() ?? "";
  if (value.includes(",") || value.length > MAX_TEXT)
    throw refuse("invalid_token", `The header ${name} has more than one value, or a long one.`);
  return value === "" ? undefined : value;
}

function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function contains(list: BlockList, peer: string): boolean {
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(peer)?.[1] ?? peer.replace(/%.*$/, "");
  const family = isIP(plain);
  return family !== 0 && list.check(plain, family === 6 ? "ipv6" : "ipv4");
}
