/** What is read by its link: a kept result in parts, a file whole. */
import type { ReadResourceResult } from "@modelcontextprotocol/server";
import { isAccessible } from "../../access/ownership.ts";
import { safeBoundary } from "../../results/chunk.ts";
import { readJson } from "../../results/read-json.ts";
import { splitContent } from "../../results/response-head.ts";
import type { McpClient, McpContext } from "./types.ts";
import { parseResourceUri, resultUri } from "./uris.ts";

/** Characters of a text that are read at once. */
const MAX_PART_LENGTH = 1_000_000;
/** Beside a part: the URI of the one after it. */
const NEXT_URI_KEY = "specchat/next";

/** Undefined: there is nothing under this URI, or nothing any more. */
export async function readResource(
  { app, results }: McpContext,
  client: McpClient,
  uri: string,
): Promise<ReadResourceResult | undefined> {
  const resource = parseResourceUri(uri);
  if (!resource) return undefined;
  if (resource.type === "file") {
    const file = app.files.read(resource.id);
    if (!file || !isAccessible(file.owner, client.caller)) return undefined;
    return { contents: [{ uri, mimeType: file.mediaType, blob: file.bytes.toBase64() }] };
  }
  const found = await results.find(client.session, resource.id);
  if (found.outcome !== "found") return undefined;
  const { body } = splitContent(found.result.text);
  const { from } = resource;
  const end = safeBoundary(body, from + MAX_PART_LENGTH);
  const isComplete = from === 0 && end === body.length;
  const mimeType = isComplete && readJson(body) !== undefined ? "application/json" : "text/plain";
  const next = end < body.length ? { _meta: { [NEXT_URI_KEY]: resultUri(resource.id, end) } } : {};
  return { contents: [{ uri, mimeType, text: body.slice(from, end), ...next }] };
}
