/**
 * All settings, each declared once. The flag is the key in kebab case: `maxTokens` is `--max-tokens`. `SPECCHAT_<FLAG>` is
 * always one of its environment names. `--help`, `.env.example` and the manual's tables are generated from here.
 */

import { accessGroup } from "./settings/access.ts";
import { apiGroup } from "./settings/api.ts";
import { auditGroup } from "./settings/audit.ts";
import { authenticationGroup } from "./settings/authentication.ts";
import { authorizationGroup } from "./settings/authorization.ts";
import { conversationGroup } from "./settings/conversations.ts";
import type { Setting } from "./settings/declare.ts";
import { modelGroup } from "./settings/model.ts";
import { operationGroup } from "./settings/operation.ts";
import { pageGroup } from "./settings/page.ts";
import { serverGroup } from "./settings/server.ts";
import { signInGroup } from "./settings/sign-in.ts";

export { GROUPS, type Group, type Setting } from "./settings/declare.ts";

export const settings = {
  ...apiGroup,
  ...modelGroup,
  ...conversationGroup,
  ...pageGroup,
  ...serverGroup,
  ...accessGroup,
  ...signInGroup,
  ...authenticationGroup,
  ...auditGroup,
  ...authorizationGroup,
  ...operationGroup,
};

export type Settings = typeof settings;
export type SettingName = keyof Settings;
/** The effective settings. */
export type Config = { readonly [Name in SettingName]: Settings[Name] extends Setting<infer T> ? T : never };
