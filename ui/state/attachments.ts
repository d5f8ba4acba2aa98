/** Files that the reader attaches to a message: how many, how large, and what is said when it is too much. */
import { count, fileSize } from "../format.ts";
import type { Attachment, ChatState } from "./types.ts";

export const MAX_FILES = 10;
/** Bytes of all files of a message together. */
export const MAX_BYTES = 10_000_000;

/** Which of `added` find room beside `present`, in order, and what the reader is told of the rest. */
export function fitting<Added extends { readonly size: number }>(
  present: readonly { readonly size: number }[],
  added: readonly Added[],
): { readonly taken: readonly Added[]; readonly problem: string | undefined } {
  const taken: Added[] = [];
  let bytes = present.reduce((sum, { size }) => sum + size, 0);
  for (const file of added) {
    if (present.length + taken.length >= MAX_FILES || bytes + file.size > MAX_BYTES) continue;
    taken.push(file);
    bytes += file.size;
  }
  const left = added.length - taken.length;
  if (left === 0) return { taken, problem: undefined };
  const limits = `at most ${count(MAX_FILES, "file")} and ${fileSize(MAX_BYTES)} together fit into a message`;
  return { taken, problem: `${count(left, "file")} not attached: ${limits}.` };
}

/** `problem`: why others that were chosen are not among them. */
export function withAttached(
  state: ChatState,
  files: readonly Omit<Attachment, "id">[],
  problem: string | undefined,
): ChatState {
  const fit = fitting(state.attached, files);
  const added = fit.taken.map((file, at) => ({ ...file, id: `file-${state.made + at}` }));
  return {
    ...state,
    attached: [...state.attached, ...added],
    attachProblem: problem ?? fit.problem,
    made: state.made + added.length,
  };
}

export function withoutAttached(state: ChatState, id: string): ChatState {
  return {
    ...state,
    attached: state.attached.filter((file) => file.id !== id),
    attachProblem: undefined,
  };
}
