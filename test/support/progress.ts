/** Returns the standard error of a command without progress lines, which appear on a slow machine. They end with `…`. */
export function withoutProgress(text: string): string {
  return text.replace(/^.* …\n/gm, "");
}
