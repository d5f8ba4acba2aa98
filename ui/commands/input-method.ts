/** Returns whether a key belongs to an input method. Safari ends the composition before the key: it has the code 229 then. */
export function isComposing({
  isComposing,
  keyCode,
}: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return isComposing || keyCode === 229;
}
