/** Authenticates callers by a JWT signed with HS256: RFC 7519. */
import { hashShort } from "./short-hash.ts";
import type { Caller, CallerId } from "./types.ts";

/** Returns the token of `Authorization: Bearer …`, or of `?token=` for browsers, which cannot set headers of WebSockets. */
export function readToken(headers: Headers, url: URL): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  return bearer ?? url.searchParams.get("token") ?? undefined;
}

/** Returns the caller that the claim `sub` or `userId` names, or undefined when the token is invalid or has expired, never expires, or has neither claim. */
export async function verifyToken(token: string, secret: string): Promise<Caller | undefined> {
  const { errors, jwtVerify } = await import("jose");
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ["HS256"],
      requiredClaims: ["exp"],
    });
    const subject = payload.sub ?? payload.userId;
    if (typeof subject !== "string" || subject === "") return undefined;
    // A subject may be an email address, so logs and stores get its hash.
    return { id: `token:${hashShort(subject)}` as CallerId, kind: "token" };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
