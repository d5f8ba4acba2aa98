/** Fills the template of the page. */
/**
 * The values that the page needs from its server. Paths are relative to the page, so that it works behind a proxy that adds a
 * path prefix.
 */
export interface PageValues {
  /** The path of its files. */
  readonly base: string;
  readonly websocket: string;
  /** The path of the list of conversations. */
  readonly sessions: string;
  /** The path of shared conversations. Empty when nothing can be shared. */
  readonly shares: string;
  /** The path of the manual. */
  readonly docs: string;
  /** The path of the user's account. Empty when the server needs no authentication. */
  readonly account: string;
  /** The setting: `auto` or a language of the page. */
  readonly language: string;
  readonly title: string;
}

export function renderIndex(template: string, values: PageValues): string {
  const texts: Readonly<Record<string, string>> = { ...values };
  return template.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) =>
    escapeHtml(texts[name] ?? placeholder),
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
