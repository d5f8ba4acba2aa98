import { relativePath } from "../config/paths.ts";

/** What the page must know of the server it came from. Paths are absolute, as the route table has them. */
export interface PagePaths {
  /** Where the page is served, without a slash at the end. */
  readonly ui: string;
  readonly websocket: string;
  /** Where the conversations are listed. */
  readonly sessions: string;
  /** Where the manual is served. */
  readonly docs: string;
  readonly title: string;
}

/**
 * Fills the template. Addresses in it are relative to the page's own, so that it works under whatever path a proxy puts
 * in front of it.
 */
export function renderIndex(template: string, { ui, websocket, sessions, docs, title }: PagePaths): string {
  const values: Readonly<Record<string, string>> = {
    base: `./${ui.slice(ui.lastIndexOf("/") + 1)}/`,
    websocket: relativePath(ui, websocket),
    sessions: relativePath(ui, sessions),
    docs: relativePath(ui, docs),
    title,
  };
  return template.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) =>
    escapeHtml(values[name] ?? placeholder),
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
