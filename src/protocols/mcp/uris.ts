/** The resource URIs of stored results and files. */
const RESULT_PREFIX = "specchat://results/";
const FILE_PREFIX = "specchat://files/";

export const RESULT_TEMPLATE = `${RESULT_PREFIX}{id}{?from}`;
export const FILE_TEMPLATE = `${FILE_PREFIX}{id}`;

/** A parsed URI. `from` is the offset in characters. */
export type ResourceUri =
  | { readonly type: "result"; readonly id: string; readonly from: number }
  | { readonly type: "file"; readonly id: string };

export function resultUri(id: string, from = 0): string {
  return `${RESULT_PREFIX}${id}${from === 0 ? "" : `?from=${from}`}`;
}

export function fileUri(id: string): string {
  return `${FILE_PREFIX}${id}`;
}

/** Returns undefined for any other URI. */
export function parseResourceUri(uri: string): ResourceUri | undefined {
  const [, kind, id, from] = /^specchat:\/\/(results|files)\/([\w-]+)(?:\?from=(\d{1,12}))?$/.exec(uri) ?? [];
  if (id === undefined) return undefined;
  return kind === "files" ? { type: "file", id } : { type: "result", id, from: Number(from ?? 0) };
}
