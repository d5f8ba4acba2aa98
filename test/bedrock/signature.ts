/** Verifies Signature Version 4, written from the description of AWS ("Create a signed AWS API request"). */
import { createHash, createHmac } from "node:crypto";

export interface SignedRequest {
  readonly method: string;
  /** The path and query as they were sent. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface Signature {
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

/** The secrets of the credentials that tests use. */
const SECRETS = ["secret", "example", "b", "s"];

const MAX_SKEW_MS = 5 * 60_000;

/** Returns what is wrong with the signature of a request, as AWS says it; undefined when it is valid. */
export function verifySignature(request: SignedRequest, claimed: Signature, now: number): string | undefined {
  const date = request.headers.get("x-amz-date") ?? "";
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time)) return "Date must be in ISO-8601 'basic format'.";
  if (now - time > MAX_SKEW_MS)
    return `Signature expired: ${date} is now earlier than ${formatTime(now - MAX_SKEW_MS)} (${formatTime(now)} - 5 min.)`;
  if (time - now > MAX_SKEW_MS)
    return `Signature not yet current: ${date} is still later than ${formatTime(now + MAX_SKEW_MS)} (${formatTime(now)} + 5 min.)`;
  const payloadHash = hash(request.body);
  const declaredHash = request.headers.get("x-amz-content-sha256") ?? payloadHash;
  if (declaredHash !== payloadHash)
    return "The provided 'x-amz-content-sha256' header does not match what was computed.";
  const scope = `${claimed.day}/${claimed.region}/${claimed.service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(canonicalRequest(request, claimed, payloadHash))}`;
  const isValid = SECRETS.some((secret) => {
    const steps = [claimed.day, claimed.region, claimed.service, "aws4_request"];
    const key = steps.reduce<Buffer>((previous, step) => hmac(previous, step), Buffer.from(`AWS4${secret}`));
    return hmac(key, text).toString("hex") === claimed.signature;
  });
  return isValid
    ? undefined
    : "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
}

function formatTime(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
}

function canonicalRequest(request: SignedRequest, claimed: Signature, payloadHash: string): string {
  const [path = "/", query = ""] = request.url.split("?");
  const headers = claimed.signedHeaders
    .split(";")
    .map((name) => `${name}:${(request.headers.get(name) ?? "").trim().replace(/ +/g, " ")}\n`)
    .join("");
  return [
    request.method,
    // Every service but S3 encodes each segment twice.
    path.split("/").map(encodeSegment).join("/"),
    query.split("&").sort().join("&"),
    headers,
    claimed.signedHeaders,
    payloadHash,
  ].join("\n");
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hash(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
