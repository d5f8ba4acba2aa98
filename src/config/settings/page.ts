/** Settings of the chat page. */
import { oneOf } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting } = declareGroup("The page");

export const pageGroup = {
  language: setting(
    oneOf(["auto", "en", "es", "pt", "de", "fr", "ja", "ar"]),
    "auto",
    "language of the chat page; auto takes that of the browser. People can choose another one",
  ),
};
