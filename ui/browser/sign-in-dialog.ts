/** Opened from several places of the page; the browser gives the focus back to where it was. */
export function openSignIn(): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog.sign-in");
  dialog?.showModal();
  // Not the button that closes it, which comes first.
  dialog?.querySelector("input")?.focus();
}
