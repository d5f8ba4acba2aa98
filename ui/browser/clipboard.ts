/** Copies a text to the clipboard, with its formatted form for programs that take it. Resolves to false if that failed. */
export async function copyText(text: string, html?: string): Promise<boolean> {
  try {
    if (html === undefined) await navigator.clipboard.writeText(text);
    else
      await navigator.clipboard.write([
        new ClipboardItem({
          "text/plain": toBlob(text, "text/plain"),
          "text/html": toBlob(html, "text/html"),
        }),
      ]);
    return true;
  } catch {
    // The Clipboard API is not available on pages that are served over plain HTTP from another host.
    return copyBySelection(text);
  }
}

function toBlob(text: string, type: string): Blob {
  return new Blob([text], { type });
}

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  const focused = document.activeElement;
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
