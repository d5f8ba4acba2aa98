import { oneOf, text, toggle } from "../kinds.ts";
import { inGroup } from "./declare.ts";

const { setting, optional } = inGroup("Operation");

export const operation = {
  config: optional(text("FILE"), "settings from a YAML or JSON file"),
  dataDir: setting(
    text("FOLDER"),
    "./.specchat",
    "where data lies that memory has no room for; made when it is needed",
    { env: ["STATE_DIRECTORY"] },
  ),
  logLevel: setting(
    oneOf(["debug", "info", "warning", "error", "silent"], {
      warn: "warning",
      critical: "error",
      fatal: "error",
    }),
    "info",
    "what the log holds",
    { env: ["LOG_LEVEL"] },
  ),
  debugMode: setting(toggle(), false, "log at debug level", { env: ["DEBUG_MODE"] }),
};
