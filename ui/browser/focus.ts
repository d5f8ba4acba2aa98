/** Returns whether moving the focus would interrupt the user. */
export function isTyping(): boolean {
  const element = document.activeElement;
  if (document.querySelector("dialog[open]") !== null) return true;
  if (!(element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement)) return false;
  return element.value !== "" || !element.matches("textarea.composer-input");
}

/** Focuses the message input, for example after the focused control has disappeared. */
export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("textarea.composer-input")?.focus();
}
