/** What is read by its link: a kept result in parts, a file whole. */
import type { ReadResourceResult } from "@modelcontextprotocol/server";
import { isAccessible } from "../../access/ownership.ts";
import { boundary } from "../../results/chunk.ts";
import { readJson } from "../../results/read-json.ts";
import { splitContent } from "../../results/response-head.ts";
import type { Place, Visitor } from "./types.ts";
import { readUri, resultUri } from "./uris.ts";

/** Characters of a text that are read at once. */
const MOST = 1_000_000;
/** Beside a part: the URI of the one after it. */
const NEXT = "specchat/next";

/** Undefined: there is nothing under this URI, or nothing any more. */
export async function readResource(
  { app, results }: Place,
  visitor: Visitor,
  uri: string,
): Promise<ReadResourceResult | undefined> {
  const named = readUri(uri);
  if (!named) return undefined;
  if (named.type === "file") {
    const file = app.files.read(named.id);
    if (!file || !isAccessible(file.owner, visitor.caller)) return undefined;
    return { contents: [{ uri, mimeType: file.mediaType, blob: file.bytes.toBase64() }] };
  }
  const found = await results.find(visitor.session, named.id);
  if (found.outcome !== "found") return undefined;
  const { body } = splitContent(found.result.text);
  const { from } = named;
  const end = boundary(body, from + MOST);
  const isWhole = from === 0 && end === body.length;
  const mimeType = isWhole && readJson(body) !== undefined ? "application/json" : "text/plain";
  const next = end < body.length ? { _meta: { [NEXT]: resultUri(named.id, end) } } : {};
  return { contents: [{ uri, mimeType, text: body.slice(from, end), ...next }] };
}
