const adopted = new Set<string>();

/** Adds the styles of a part of the page that is loaded later. They come after those of the first load. */
export function adoptStyles(css: string): void {
  if (adopted.has(css)) return;
  adopted.add(css);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}
