/** Settings of authorization. */
import { guard, list, text } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Access");

export const authorizationGroup = {
  roles: optional(
    guard(text("FILE")),
    "what roles may use, a YAML or JSON file (manual: roles), read again when it changes; a config file can have the roles themselves; without it everyone may use everything",
  ),
  terminalRoles: setting(
    list("ROLE,…"),
    [],
    "roles of the user of the commands ask, call, mcp and tools; none: the defaults of --roles apply",
  ),
};
