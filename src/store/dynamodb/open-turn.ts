/** The open turn of a session: an attribute of the session's item, or items of its own when it is long. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { OpenTurn, SessionId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { createName, type Item, integer, text } from "./attributes.ts";
import { partSuffix, splitIntoParts } from "./parts.ts";

/** Characters of JSON in the session's item. Every write of the session pays for its whole item. */
const MAX_INLINE_LENGTH = 4000;

export interface EncodedTurn {
  /** Attributes of the session's item. `turnAt` is the sort-key prefix of `items`. */
  readonly attributes: Readonly<Record<"turn" | "turnAt", AttributeValue | undefined>>;
  readonly items: readonly Item[];
}

export function encodeOpenTurn(id: SessionId, turn: OpenTurn | undefined, expires: number): EncodedTurn {
  if (!turn) return { attributes: { turn: undefined, turnAt: undefined }, items: [] };
  const serialized = stringifyJson(turn);
  if (serialized.length <= MAX_INLINE_LENGTH)
    return { attributes: { turn: text(serialized), turnAt: undefined }, items: [] };
  const prefix = `turn ${createName()} `;
  const items = splitIntoParts(serialized).map((part, number) => ({
    pk: text(id),
    sk: text(`${prefix}${partSuffix(number)}`),
    json: text(part),
    expires: integer(expires),
  }));
  return { attributes: { turn: undefined, turnAt: text(prefix) }, items };
}
