/** The names of files of the page that others know. `bundle.ts` does not have them: the executable replaces it. */

/** The script for pages of other sites. They contain its address, so it has no hash. */
export const WIDGET = "widget.js";

/** The icons of the installed page. */
export const ICONS = ["icon-192.png", "icon-512.png"] as const;

/** The folder of the files that draw diagrams, and the frame in which they do. */
export const DIAGRAMS = "diagrams/";
export const DIAGRAM_FRAME = "diagrams/frame.html";
