/** Fills the template of the page. */
import { relativePath } from "../config/paths.ts";

/** The values that the page needs from its server. Paths are absolute, as in the route table. */
export interface PagePaths {
  /** The path of the page, without a trailing slash. */
  readonly ui: string;
  readonly websocket: string;
  /** The path of the list of conversations. */
  readonly sessions: string;
  /** The path of the manual. */
  readonly docs: string;
  /** The path of the user's account. Undefined when the server needs no authentication. */
  readonly account?: string | undefined;
  readonly title: string;
}

/**
 * Fills the template. The paths become relative to the page, so that it works behind a proxy that adds a path prefix.
 */
export function renderIndex(
  template: string,
  { ui, websocket, sessions, docs, account, title }: PagePaths,
): string {
  const values: Readonly<Record<string, string>> = {
    base: `./${ui.slice(ui.lastIndexOf("/") + 1)}/`,
    websocket: relativePath(ui, websocket),
    sessions: relativePath(ui, sessions),
    docs: relativePath(ui, docs),
    account: account === undefined ? "" : relativePath(ui, account),
    title,
  };
  return template.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) =>
    escapeHtml(values[name] ?? placeholder),
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
