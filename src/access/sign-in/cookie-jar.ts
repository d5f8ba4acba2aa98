/** Reads and writes the cookies of signed-in browsers, each sealed and limited in size. */

/** Characters of one cookie. Browsers keep 4,096 bytes with the name: RFC 6265, section 6.1. */
const MAX_CHUNK = 3800;

export interface CookieAttributes {
  readonly path: string;
  /** Whether the connection is encrypted. */
  readonly secure: boolean;
  /** Seconds. Undefined until the browser is closed. */
  readonly maxAge?: number;
}

/**
 * Returns the name of a cookie. On an encrypted connection its prefix keeps other hosts and plain pages from setting it: RFC 6265bis,
 * section 4.1.3.
 */
export function cookieName(name: string, { path, secure }: CookieAttributes): string {
  if (!secure) return name;
  return path === "/" ? `__Host-${name}` : `__Secure-${name}`;
}

/** Returns the value of a cookie that may be divided, or undefined when it or a part of it is missing. */
export function readCookie(header: string | null, name: string): string | undefined {
  if (header === null) return undefined;
  const cookies = new Bun.CookieMap(header);
  const first = cookies.get(name);
  if (first === null) return undefined;
  const [, count = "1", start = first] = /^(\d)~(.*)$/s.exec(first) ?? [];
  const rest = Array.from({ length: Number(count) - 1 }, (_, index) => cookies.get(`${name}_${index + 1}`));
  return rest.includes(null) ? undefined : [start, ...rest].join("");
}

/** Returns the Set-Cookie headers of a value, divided where it does not fit into one cookie. Parts of a longer value before are removed. */
export function writeCookie(
  header: string | null,
  name: string,
  value: string,
  attributes: CookieAttributes,
): readonly string[] {
  const chunks = Array.from({ length: Math.ceil(value.length / MAX_CHUNK) }, (_, index) =>
    value.slice(index * MAX_CHUNK, (index + 1) * MAX_CHUNK),
  );
  const [first = "", ...rest] = chunks;
  const written = [chunks.length > 1 ? `${chunks.length}~${first}` : first, ...rest].map((chunk, index) =>
    serialize(chunkName(name, index), chunk, attributes),
  );
  return [...written, ...removeChunks(header, name, attributes, chunks.length)];
}

/** Returns the Set-Cookie headers that remove a cookie and its parts from the browser. */
export function removeCookie(
  header: string | null,
  name: string,
  attributes: CookieAttributes,
): readonly string[] {
  return removeChunks(header, name, attributes, 0);
}

function removeChunks(
  header: string | null,
  name: string,
  attributes: CookieAttributes,
  from: number,
): readonly string[] {
  const cookies = new Bun.CookieMap(header ?? "");
  return Array.from({ length: 10 - from }, (_, index) => chunkName(name, from + index))
    .filter((chunk) => cookies.has(chunk))
    .map((chunk) => serialize(chunk, "", { ...attributes, maxAge: 0 }));
}

function chunkName(name: string, index: number): string {
  return index === 0 ? name : `${name}_${index}`;
}

/** SameSite is Lax, not Strict: the redirect from the provider is a navigation from another site. */
function serialize(name: string, value: string, { path, secure, maxAge }: CookieAttributes): string {
  const age = maxAge === undefined ? {} : { maxAge: Math.max(0, Math.floor(maxAge)) };
  return new Bun.Cookie(name, value, { path, secure, httpOnly: true, sameSite: "lax", ...age }).serialize();
}
