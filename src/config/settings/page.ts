/** Settings of the chat page. */
import { oneOf, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting } = declareGroup("The page");

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
};
