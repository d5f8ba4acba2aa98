/** Every subcommand, by name; `serve` is what runs when none is named. */
import { ask } from "./commands/ask.ts";
import { call } from "./commands/call.ts";
import { check } from "./commands/check.ts";
import { config } from "./commands/config.ts";
import { mcp } from "./commands/mcp.ts";
import { serve } from "./commands/serve.ts";
import { sessions } from "./commands/sessions.ts";
import { tools } from "./commands/tools.ts";
import type { Command } from "./commands/types.ts";

export const commands: Readonly<Record<string, Command>> = {
  serve,
  ask,
  tools,
  call,
  mcp,
  sessions,
  config,
  check,
};
