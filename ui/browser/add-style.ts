/** Adds the style of a part of the page that is loaded later: that of the page itself has only what is shown at first. */
export function addStyle(text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet);
}
