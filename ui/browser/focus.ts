/** Would it interrupt the reader if the focus went elsewhere? */
export function isTyping(): boolean {
  const element = document.activeElement;
  if (document.querySelector("dialog[open]") !== null) return true;
  if (!(element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement)) return false;
  return element.value !== "" || !element.matches("textarea.composer-input");
}

/** Back to where the reader writes: after a control that goes away when it is used. */
export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("textarea.composer-input")?.focus();
}
