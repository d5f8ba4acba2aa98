/** Returns whether moving the focus would interrupt the user. */
export function isTyping(): boolean {
  const element = document.activeElement;
  if (document.querySelector("dialog[open]") !== null) return true;
  if (!(element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement)) return false;
  return element.value !== "" || !element.matches("textarea.composer-input");
}

/** Puts the caret into the focused text field. Chromium returns the focus that a dialog took, but the caret stays outside. */
export function restoreCaret(): void {
  const element = document.activeElement;
  if (!(element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement)) return;
  element.blur();
  element.focus();
}

/** Focuses the message input, for example after the focused control has disappeared. */
export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("textarea.composer-input")?.focus();
}
