/** Names of files that others know, so they have no hash. */

/** The script for pages of other sites. */
export const WIDGET = "widget.js";

/** The web app manifest. */
export const MANIFEST = "manifest.webmanifest";

/** The icons of the app. Their names are in the manifest. */
export const ICONS = ["icon-192.png", "icon-512.png"] as const;

/** Files that change without a new name. `""` is the page itself. */
export const UNHASHED: readonly string[] = ["", WIDGET, MANIFEST, ...ICONS];
