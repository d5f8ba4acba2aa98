/** Callers who bring a token that was signed for them: a JWT with HS256, RFC 7519. */
import { hashShort } from "./short-hash.ts";
import type { Caller, CallerId } from "./types.ts";

/** Of `Authorization: Bearer …`, or of `?token=` where a client can send no headers, as browsers' WebSockets. */
export function readToken(headers: Headers, url: URL): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  return bearer ?? url.searchParams.get("token") ?? undefined;
}

/** Undefined: it is wrong, has expired, or names nobody. Who it is comes from its subject, or from the claim `userId`. */
export async function verifyToken(token: string, secret: string): Promise<Caller | undefined> {
  const { errors, jwtVerify } = await import("jose");
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ["HS256"] });
    const subject = payload.sub ?? payload.userId;
    if (typeof subject !== "string" || subject === "") return undefined;
    // Subjects may be addresses of people: logs and stores hold their hash.
    return { id: `token:${hashShort(subject)}` as CallerId, kind: "token" };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
