import { parseJson } from "../../json.ts";
import { object } from "./abilities.ts";

type Row = Readonly<Record<string, unknown>>;

/** The JSON of a result, wherever it stands in the text; undefined when there is none. */
export function dataOf(content: string): unknown {
  const start = content.search(/^[[{]/m);
  try {
    return start < 0 ? undefined : parseJson(content.slice(start));
  } catch {
    return undefined;
  }
}

/** The records of an answer: the list it is or holds, or the answer itself; `total` where the API counts further ones. */
export function recordsOf(data: unknown): { list: boolean; records: readonly Row[]; total: number } {
  const fields = object(data);
  const lists = [
    data,
    ...(Object.keys(fields).length <= 8 && fields.id === undefined ? Object.values(fields) : []),
  ];
  const list = lists.find(
    (one): one is unknown[] => Array.isArray(one) && one.every((entry) => typeof entry === "object"),
  );
  if (!list) return { list: false, records: data === undefined ? [] : [fields], total: 1 };
  const total = Object.entries(fields).find(
    ([key, value]) => /total|count/i.test(key) && typeof value === "number",
  )?.[1];
  return { list: true, records: list.map(object), total: typeof total === "number" ? total : list.length };
}
