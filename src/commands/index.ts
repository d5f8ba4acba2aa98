/** All subcommands by name. `serve` is the default. */
import { ask } from "./ask.ts";
import { audit } from "./audit.ts";
import { call } from "./call.ts";
import { check } from "./check.ts";
import { config } from "./config.ts";
import { deploy } from "./deploy.ts";
import { doctor } from "./doctor.ts";
import { health } from "./health.ts";
import { install } from "./install.ts";
import { keys } from "./keys.ts";
import { licenses } from "./licenses.ts";
import { mcp } from "./mcp.ts";
import { serve } from "./serve.ts";
import { sessions } from "./sessions.ts";
import { tools } from "./tools.ts";
import type { Command } from "./types.ts";
import { uninstall } from "./uninstall.ts";
import { upgrade } from "./upgrade.ts";
import { usage } from "./usage.ts";

export const commands: Readonly<Record<string, Command>> = {
  serve,
  ask,
  tools,
  call,
  mcp,
  sessions,
  audit,
  keys,
  config,
  check,
  deploy,
  health,
  doctor,
  install,
  upgrade,
  uninstall,
  usage,
  licenses,
};
