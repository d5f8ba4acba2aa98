/** Reads resources by URI: a stored result in parts, or a file. */
import type { ReadResourceResult } from "@modelcontextprotocol/server";
import { checkOwner } from "../../access/ownership.ts";
import { safeBoundary } from "../../results/chunk.ts";
import { readJson } from "../../results/read-json.ts";
import { splitContent } from "../../results/response-head.ts";
import type { McpClient, McpContext } from "./types.ts";
import { parseResourceUri, resultUri } from "./uris.ts";

/** Characters of one part of a result. */
const MAX_PART_LENGTH = 1_000_000;
/** The key of `_meta` that holds the URI of the next part. */
const NEXT_URI_KEY = "specchat/next";

/** Returns undefined when the URI is unknown or its content has expired. */
export async function readResource(
  { app, results }: McpContext,
  client: McpClient,
  uri: string,
): Promise<ReadResourceResult | undefined> {
  const resource = parseResourceUri(uri);
  if (!resource) return undefined;
  if (resource.type === "file") {
    const file = app.files.read(resource.id);
    const name = `file ${resource.id}`;
    if (!file || !checkOwner(app, { owner: file.owner, name }, client.caller)) return undefined;
    return { contents: [{ uri, mimeType: file.mediaType, blob: file.bytes.toBase64() }] };
  }
  const found = await results.find(client.caller, resource.id);
  if (found.outcome !== "found") return undefined;
  const { body } = splitContent(found.result.text);
  const { from } = resource;
  const end = safeBoundary(body, from + MAX_PART_LENGTH);
  const isComplete = from === 0 && end === body.length;
  const mimeType = isComplete && readJson(body) !== undefined ? "application/json" : "text/plain";
  const next = end < body.length ? { _meta: { [NEXT_URI_KEY]: resultUri(resource.id, end) } } : {};
  return { contents: [{ uri, mimeType, text: body.slice(from, end), ...next }] };
}
