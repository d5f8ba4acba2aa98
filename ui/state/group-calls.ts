import type { CallPart, Part } from "./types.ts";

/** Parts as they are shown: calls that follow one another stand together. `at` is the first part's place. */
export type Group =
  | { readonly type: "text"; readonly at: number; readonly text: string }
  | { readonly type: "reasoning"; readonly at: number; readonly text: string }
  | { readonly type: "calls"; readonly at: number; readonly calls: readonly CallPart[] }
  /** Calls that wait for the reader's permission. */
  | {
      readonly type: "approval";
      readonly at: number;
      readonly id: string;
      readonly calls: readonly CallPart[];
    };

export function groups(parts: readonly Part[]): readonly Group[] {
  const found: Group[] = [];
  parts.forEach((part, at) => {
    const before = found.at(-1);
    if (part.type === "call" && part.status === "waiting" && part.held !== undefined) {
      const { approvalId: id } = part.held;
      if (before?.type === "approval" && before.id === id)
        found[found.length - 1] = { ...before, calls: [...before.calls, part] };
      else found.push({ type: "approval", at, id, calls: [part] });
    } else if (part.type === "call") {
      if (before?.type === "calls") found[found.length - 1] = { ...before, calls: [...before.calls, part] };
      else found.push({ type: "calls", at, calls: [part] });
    } else if (part.text.trim() !== "") {
      found.push({ type: part.type, at, text: part.text });
    }
  });
  return found;
}
