import type { CallPart, Part } from "./types.ts";

/** Parts of a reply as they are rendered: consecutive calls form a group. `at` is the index of the first part. */
export type PartGroup =
  | { readonly type: "text"; readonly at: number; readonly text: string }
  | { readonly type: "reasoning"; readonly at: number; readonly text: string }
  | { readonly type: "calls"; readonly at: number; readonly calls: readonly CallPart[] }
  /** A call that made a chart. */
  | { readonly type: "chart"; readonly at: number; readonly call: CallPart }
  /** Calls that wait for the user's approval. */
  | {
      readonly type: "approval";
      readonly at: number;
      readonly id: string;
      readonly calls: readonly CallPart[];
    };

export function groupParts(parts: readonly Part[]): readonly PartGroup[] {
  const result: PartGroup[] = [];
  parts.forEach((part, at) => {
    const previous = result.at(-1);
    if (part.type === "call" && part.status === "waiting" && part.approval !== undefined) {
      const { approvalId: id } = part.approval;
      // Calls between them may have been decided already.
      const same = result.findLastIndex((group) => group.type === "approval" && group.id === id);
      const group = result[same];
      if (group?.type === "approval") result[same] = { ...group, calls: [...group.calls, part] };
      else result.push({ type: "approval", at, id, calls: [part] });
    } else if (part.type === "call" && part.isChart === true && part.status === "ok") {
      result.push({ type: "chart", at, call: part });
    } else if (part.type === "call") {
      if (previous?.type === "calls")
        result[result.length - 1] = { ...previous, calls: [...previous.calls, part] };
      else result.push({ type: "calls", at, calls: [part] });
    } else if (part.text.trim() !== "") {
      result.push({ type: part.type, at, text: part.text });
    }
  });
  return result;
}
