/** Decides which network addresses requests are sent to: none where metadata services of clouds are, whatever the host is called. */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { isAllowedHost } from "../tools/http/allowed-hosts.ts";

/** Returns the addresses of a host. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** Thrown before a request to a link-local or metadata address. */
export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError";
  readonly code = "ERR_ADDRESS_REFUSED";

  constructor({ hostname }: URL, address: string) {
    const subject = hostname === address ? address : `${hostname} has the address ${address}, which`;
    super(
      `${subject} is link-local or of a metadata service, so no request is sent there; allow it with --allow-hosts ${address}`,
    );
  }
}

/** Time in which the addresses of a host are used again. Each lookup is checked, so another answer gains nothing. */
const LIFETIME_MS = 10_000;
const MAX_HOSTS = 1000;

export class AddressGuard {
  readonly #allowedHosts: readonly string[];
  readonly #lookup: Lookup;
  readonly #known = new Map<
    string,
    { readonly until: number; readonly addresses: Promise<readonly string[]> }
  >();

  /** @param allowedHosts hosts of `--allow-hosts`: a refused address is allowed when it is one of them */
  constructor(allowedHosts: readonly string[] = [], lookup: Lookup = lookupAddresses) {
    this.#allowedHosts = allowedHosts;
    this.#lookup = lookup;
  }

  /**
   * Returns a URL with the address of its host for each address, IPv4 first. Connecting to them needs no other lookup.
   * @throws AddressRefusedError when one of them is refused
   * @throws Error of the lookup
   */
  async resolve(url: URL): Promise<readonly URL[]> {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const addresses = isIP(host) === 0 ? await this.#find(host) : [host];
    return addresses.map((address) => {
      const target = new URL(url);
      target.hostname = isIP(address) === 6 ? `[${address}]` : address;
      if (isRefused(address) && !isAllowedHost(target, this.#allowedHosts))
        throw new AddressRefusedError(url, target.hostname);
      return target;
    });
  }

  #find(host: string): Promise<readonly string[]> {
    const now = performance.now();
    const known = this.#known.get(host);
    if (known && known.until > now) return known.addresses;
    const addresses = this.#lookup(host);
    this.#known.delete(host);
    this.#known.set(host, { until: now + LIFETIME_MS, addresses });
    addresses.catch(() => this.#known.delete(host));
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_HOSTS && oldest !== undefined) this.#known.delete(oldest);
    return addresses;
  }
}

async function lookupAddresses(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: "ipv4first" });
  return found.map(({ address }) => address);
}

/** Link-local networks and the addresses of metadata services, also within addresses of IPv6 that embed one of IPv4. */
const REFUSED = new BlockList();
REFUSED.addSubnet("169.254.0.0", 16, "ipv4");
REFUSED.addSubnet("fe80::", 10, "ipv6");
// The same network by NAT64 and 6to4.
REFUSED.addSubnet("64:ff9b::a9fe:0", 112, "ipv6");
REFUSED.addSubnet("2002:a9fe::", 32, "ipv6");
// Amazon EC2 and ECS, Google Cloud, Azure, Alibaba Cloud, Oracle Cloud.
REFUSED.addSubnet("fd00:ec2::", 32, "ipv6");
REFUSED.addSubnet("fd20:ce::", 32, "ipv6");
REFUSED.addAddress("168.63.129.16", "ipv4");
REFUSED.addAddress("100.100.100.200", "ipv4");
REFUSED.addAddress("192.0.0.192", "ipv4");

function isRefused(address: string): boolean {
  return REFUSED.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
