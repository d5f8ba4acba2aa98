/** The script for pages of other sites. They contain its address, so it has no hash. */
export const WIDGET = "widget.js";
