/** How long results and files are named as resources. */
const RESULTS = "specchat://results/";
const FILES = "specchat://files/";

export const RESULT_TEMPLATE = `${RESULTS}{id}{?from}`;
export const FILE_TEMPLATE = `${FILES}{id}`;

/** What a URI names. `from`: characters of the text that come before. */
export type Named =
  | { readonly type: "result"; readonly id: string; readonly from: number }
  | { readonly type: "file"; readonly id: string };

export function resultUri(id: string, from = 0): string {
  return `${RESULTS}${id}${from === 0 ? "" : `?from=${from}`}`;
}

export function fileUri(id: string): string {
  return `${FILES}${id}`;
}

/** Undefined: nothing of ours. */
export function readUri(uri: string): Named | undefined {
  const [, kind, id, from] = /^specchat:\/\/(results|files)\/([\w-]+)(?:\?from=(\d{1,12}))?$/.exec(uri) ?? [];
  if (id === undefined) return undefined;
  return kind === "files" ? { type: "file", id } : { type: "result", id, from: Number(from ?? 0) };
}
