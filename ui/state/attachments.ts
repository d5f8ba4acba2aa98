/** Files that the reader attaches to a message: how many, how large, and what is said when it is too much. */
import { count, fileSize } from "../format.ts";
import type { Attachment, AttachmentLimits, ChatState } from "./types.ts";

/** Which of `added` find room beside `present`, in order, and what the reader is told of the rest. */
export function fitting<Added extends { readonly size: number }>(
  present: readonly { readonly size: number }[],
  added: readonly Added[],
  { maxFiles, maxBytes }: AttachmentLimits,
): { readonly taken: readonly Added[]; readonly problem: string | undefined } {
  const taken: Added[] = [];
  let bytes = present.reduce((sum, { size }) => sum + size, 0);
  for (const file of added) {
    if (present.length + taken.length >= maxFiles || bytes + file.size > maxBytes) continue;
    taken.push(file);
    bytes += file.size;
  }
  const left = added.length - taken.length;
  if (left === 0) return { taken, problem: undefined };
  const limits = `at most ${count(maxFiles, "file")} and ${fileSize(maxBytes)} together fit into a message`;
  return { taken, problem: `${count(left, "file")} not attached: ${limits}.` };
}

/** `problem`: why others that were chosen are not among them. */
export function withAttached(
  state: ChatState,
  files: readonly Omit<Attachment, "id">[],
  problem: string | undefined,
): ChatState {
  const fit = fitting(state.attached, files, state.assistant.attachmentLimits);
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
