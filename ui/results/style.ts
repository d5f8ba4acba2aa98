/** Adds the style of results. A module of its own, because several parts that are loaded later show results. */
import { addStyle } from "../browser/add-style.ts";
import style from "../styles/results.css" with { type: "text" };

addStyle(style);
