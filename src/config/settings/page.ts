/** Settings of the chat page: its language, its look and its links. */
import { type Kind, oneOf, repeated, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("The page");

/** A color of CSS in hexadecimal form. */
const hexColor: Kind<string> = {
  placeholder: "#RRGGBB",
  parse(value) {
    if (!/^#(?:[\da-f]{3}|[\da-f]{6})$/i.test(value.trim())) throw new Error("a color such as #3d5bd9");
    return value.trim().toLowerCase();
  },
};

export const pageGroup = {
  language: setting(
    oneOf(["auto", "en", "es", "pt", "de", "fr", "ja", "ar"]),
    "auto",
    "language of the chat page; auto takes that of the browser. People can choose another one",
  ),
  shareLinks: setting(
    toggle(),
    false,
    "let people share a conversation as a read-only link, which everyone who may use the page can open",
  ),
  theme: optional(
    text("FILE"),
    "look and texts of the page, a YAML or JSON file (manual: branding); the following settings win over it",
  ),
  pageTitle: optional(text("TEXT"), "title of the page; the titles of the documents when unset"),
  pageLogo: optional(text("FILE"), "logo of the page: SVG, PNG, JPEG or WebP of at most 500,000 bytes"),
  pageAccent: optional(hexColor, "color of buttons and links, such as #3d5bd9"),
  pageWelcome: optional(text("TEXT"), "heading of a new conversation"),
  pageIntroduction: optional(text("TEXT"), "text below the heading of a new conversation"),
  pageSuggestions: setting(
    repeated("TEXT"),
    [],
    "suggested messages of a new conversation; made from the operations when unset",
  ),
  pageDisclaimer: optional(text("TEXT"), "text below the message field"),
};
