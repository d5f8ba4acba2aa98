/** Determines the address of the server as browsers see it. */
import { isKnownHost, type OriginSettings } from "./origin.ts";

export interface PublicUrlSettings extends OriginSettings {
  readonly publicUrl: string | undefined;
  readonly trustedProxies: number;
}

/**
 * Returns scheme, host and the path prefix of a proxy, without a trailing slash. Without the setting, it is the Host of the request,
 * which has been checked, or behind trusted proxies the host that the outermost of them saw.
 */
export function publicUrlOf(headers: Headers, secure: boolean, settings: PublicUrlSettings): string {
  const { publicUrl, trustedProxies } = settings;
  if (publicUrl !== undefined) return publicUrl;
  const forwarded = (headers.get("x-forwarded-host") ?? "").split(",").at(-1)?.trim() ?? "";
  const isTrusted = trustedProxies > 0 && forwarded !== "" && isKnownHost(forwarded, settings);
  const host = isTrusted ? forwarded : (headers.get("host") ?? "");
  return new URL(`${secure ? "https" : "http"}://${host}`).origin;
}
