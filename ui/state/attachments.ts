/** The attachments of the draft, and their limits. */

import { formatFileSize } from "../format.ts";
import { t } from "../language/language.ts";
import type { Attachment, AttachmentLimits, ChatState } from "./types.ts";

/** Selects the files of `added` that fit in addition to `present`, in order. `problem` names the number of others. */
export function selectFitting<Added extends { readonly size: number }>(
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
  const skippedCount = added.length - taken.length;
  if (skippedCount === 0) return { taken, problem: undefined };
  const problem = t("attach.skipped", {
    files: t("count.files", { count: skippedCount }),
    maxFiles: t("count.files", { count: maxFiles }),
    size: formatFileSize(maxBytes),
  });
  return { taken, problem };
}

/** Attaches files to the draft. `problem` says why other files were rejected. */
export function withAttached(
  state: ChatState,
  files: readonly Omit<Attachment, "id">[],
  problem: string | undefined,
): ChatState {
  const selection = selectFitting(state.attached, files, state.assistant.attachmentLimits);
  const added = selection.taken.map((file, at) => ({ ...file, id: `file-${state.nextId + at}` }));
  return {
    ...state,
    attached: [...state.attached, ...added],
    attachProblem: problem ?? selection.problem,
    nextId: state.nextId + added.length,
  };
}

export function withoutAttached(state: ChatState, id: string): ChatState {
  return {
    ...state,
    attached: state.attached.filter((file) => file.id !== id),
    attachProblem: undefined,
  };
}
