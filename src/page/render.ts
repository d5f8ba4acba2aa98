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
  /** The path of the web app manifest, below `base`. */
  readonly manifest: string;
  /** The paths of the operator's style and logo, below `base`. Empty when there are none. */
  readonly brandStyle: string;
  readonly brandLogo: string;
  /** JSON with the operator's texts. */
  readonly brand: string;
  /** The colours of the page's background, for the frame of a window. */
  readonly themeLight: string;
  readonly themeDark: string;
}

/** Fills in the values. An element with `{{?name}}` is left out when that value is empty, one with `{{!name}}` when it is not. */
export function renderIndex(template: string, values: PageValues): string {
  const texts: Readonly<Record<string, string>> = { ...values };
  const shown = template.replace(
    /^ *<[^<>]*\{\{([?!])(\w+)\}\}[^<>]*>\n/gm,
    (element, sign: string, name: string) =>
      (texts[name] === "") === (sign === "!") ? element.replace(`{{${sign}${name}}}`, "") : "",
  );
  return shown.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) =>
    escapeHtml(texts[name] ?? placeholder),
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
