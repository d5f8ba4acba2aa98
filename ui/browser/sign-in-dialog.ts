/** Opens the sign-in dialog. The browser restores the focus when the dialog closes. */
export function openSignIn(): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog.sign-in");
  dialog?.showModal();
  // By default the close button would have the focus, as the first control.
  dialog?.querySelector("input")?.focus();
}
