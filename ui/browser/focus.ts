/** Back to where the reader writes: after a control that goes away when it is used. */
export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("textarea.composer-input")?.focus();
}
