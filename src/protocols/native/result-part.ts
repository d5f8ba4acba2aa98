/** Reads the whole result of a call in parts, for the page. */
import type { SessionId, ToolResult } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { safeBoundary } from "../../results/chunk.ts";
import { splitContent } from "../../results/response-head.ts";
import type { ResultPartFrame } from "./http-types.ts";

/** Characters of one part. */
const MAX_PART_LENGTH = 1_000_000;

/** @param from a number of characters: 0, or the `next` of a part. @throws AppError `not_found` when the result is no longer stored. */
export async function readResultPart(
  { results }: Pick<App, "results">,
  session: SessionId,
  { content, stored }: ToolResult,
  from: number,
): Promise<ResultPartFrame> {
  const found = stored && (await results.find(session, stored.id));
  if (found && found.outcome !== "found")
    throw new AppError("not_found", "The whole result is no longer kept. Ask for it again.");
  const { head, body } = splitContent(found?.result.text ?? content);
  const end = safeBoundary(body, from + MAX_PART_LENGTH);
  return {
    head: from === 0 ? head : [],
    text: body.slice(from, end),
    next: end < body.length ? end : null,
    length: body.length,
  };
}
