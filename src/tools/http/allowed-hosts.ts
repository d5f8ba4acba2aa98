/** The hosts of `--allow-hosts`. */

/** Returns whether the list has the URL's host, with or without its port, or its origin. */
export function isAllowedHost({ host, hostname, origin }: URL, allowedHosts: readonly string[]): boolean {
  return allowedHosts.some(
    (allowed) => allowed === host || allowed === hostname || allowed.replace(/\/$/, "") === origin,
  );
}
