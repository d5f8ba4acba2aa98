/** Reads one page of a list. Pure. */
import { isObject, stringifyJson } from "../json.ts";
import { findMorePages, findRecords } from "./next-page.ts";
import { readJson } from "./read-json.ts";
import type { Content } from "./response-head.ts";
import type { MorePages, PageCall, PagedTool } from "./types.ts";

/** A page as it was read. */
export interface ListPage {
  /** The JSON text of each record. */
  readonly records: readonly string[];
  /** For each record whether it has an id. Equal entries without one, such as measurements, may be different records. */
  readonly identified: readonly boolean[];
  /** Identifies a page of different entries without ids. */
  readonly fingerprint: string | undefined;
  readonly listPath: string | undefined;
  readonly more: MorePages | undefined;
}

/**
 * Returns undefined when the response holds no list.
 * @param isLater whether other pages came before it. Some APIs leave an empty list out.
 */
export function readListPage(
  tool: PagedTool,
  call: PageCall,
  content: Content,
  isLater: boolean,
): ListPage | undefined {
  const value = readJson(content.body);
  const found = findRecords(tool, value, call.listPath);
  const isEmpty = isLater && !found && isObject(value) && !("error" in value) && !("errors" in value);
  if (!found && !isEmpty) return undefined;
  const records = (found?.list ?? []).map((record) => stringifyJson(record));
  const identified = (found?.list ?? []).map(hasId);
  const isDistinct = !identified.includes(true) && records.some((text) => text !== records[0]);
  return {
    records,
    identified,
    fingerprint: isDistinct ? String(Bun.hash(content.body)) : undefined,
    listPath: found?.path,
    more: findMorePages(tool, call, content, value),
  };
}

const ID_NAMES = ["id", "_id", "ID", "Id", "@id", "uuid", "guid", "uid", "key", "sku", "slug"];

function hasId(record: unknown): boolean {
  if (!isObject(record)) return false;
  const records = [record, record.data, record.node, record.resource, record.attributes].filter(isObject);
  return records.some((one) => ID_NAMES.some((name) => one[name] !== undefined && one[name] !== null));
}
