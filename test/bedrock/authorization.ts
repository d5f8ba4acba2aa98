/** Checks the authorization of a request. */
import type { Refusal } from "./refusal.ts";
import { type SignedRequest, verifySignature } from "./signature.ts";

const SIGNATURE =
  /^AWS4-HMAC-SHA256 Credential=([\w+/=-]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, SignedHeaders=([a-z0-9;:-]+), Signature=([0-9a-f]{64})$/;

/** Checks for a valid Signature Version 4 of the service in the region, or a bearer key. */
export function checkAuthorization(
  request: SignedRequest,
  expectedRegion: string | undefined,
  expectedService = "bedrock",
  now = Date.now(),
): Refusal | undefined {
  const authorization = request.headers.get("authorization");
  if (authorization === null)
    return denyAccess("MissingAuthenticationTokenException", "Missing Authentication Token");
  if (authorization.startsWith("Bearer ")) return checkApiKey(authorization.slice("Bearer ".length));
  const [, , day, region = "", service = "", signedHeaders = "", signature = ""] =
    SIGNATURE.exec(authorization) ?? [];
  if (day === undefined)
    return denyAccess("IncompleteSignatureException", `Authorization header is malformed: ${authorization}`);
  if (service !== expectedService || (expectedRegion !== undefined && region !== expectedRegion))
    return denyAccess(
      "InvalidSignatureException",
      `Credential should be scoped to a valid region and to correct service: '${expectedService}'.`,
    );
  if (!request.headers.get("x-amz-date")?.startsWith(day))
    return denyAccess("InvalidSignatureException", "Date in Credential scope does not match X-Amz-Date.");
  const needed = ["host", "x-amz-date"];
  if (!needed.every((name) => signedHeaders.split(";").includes(name)))
    return denyAccess("InvalidSignatureException", `${needed.join(" and ")} must be signed headers.`);
  const problem = verifySignature(request, { day, region, service, signedHeaders, signature }, now);
  return problem === undefined ? undefined : denyAccess("InvalidSignatureException", problem);
}

function checkApiKey(key: string): Refusal | undefined {
  return key.startsWith("ABSK") || key.startsWith("bedrock-api-key-")
    ? undefined
    : denyAccess("AccessDeniedException", "Invalid API Key format: Must start with pre-defined prefix");
}

function denyAccess(type: string, message: string): Refusal {
  return { status: 403, type, message };
}
