/** What --help says of each subcommand, and its flags. The code of a command is loaded when it runs. */
import type { CommandSpec } from "../config/arguments.ts";
import { USAGE_KEYS } from "../telemetry/usage/types.ts";
import { DEPLOYMENT_FORMATS } from "./deploy/types.ts";

const ROOT_FLAG = {
  root: { placeholder: "FOLDER", description: "use the files below this folder, and start nothing" },
};

/** In the order of --help. `serve` is the default. */
export const commandSpecs = {
  serve: { description: "serve the chat (the default command)" },
  ask: {
    description: "run one turn in the terminal",
    parameters: ["message"],
    flags: { json: { description: "print one JSON event per line instead of text" } },
  },
  tools: {
    description: "list the tools of the API, of modules and of MCP servers",
    flags: {
      json: {
        description:
          "print a JSON array of {name, method, path, description, inputSchema, tokens}; a custom tool has a source instead of method and path",
      },
      rejected: {
        description:
          "print the operations that became no tool instead, a JSON array of {method, path, reason}",
      },
      search: {
        placeholder: "WORDS",
        description:
          "print the tools that a model finds with these words instead, best first, each with a score",
      },
      limit: { placeholder: "N", description: "the number of tools that --search prints; 10 when unset" },
      explain: { description: "with --search: print the words that matched" },
      "search-file": {
        placeholder: "FILE",
        description:
          "search for each text of a JSON array, and print {indexMs, results: [{query, ms, isConfident, tools}]}",
      },
      lint: {
        description:
          "print an overlay for the operations that no plain question finds, to be edited, and why to standard error",
      },
      enrich: {
        description:
          "ask the model once for three sentences of users per operation, and print them as an overlay, which improves the search",
      },
    },
  },
  call: {
    description: "run one tool call, as the assistant would",
    parameters: ["tool"],
    flags: {
      args: { placeholder: "JSON", description: "arguments of the call, a JSON object" },
      "dry-run": { description: "send nothing, print the request: {method, url, headers, body}" },
      "show-secrets": { description: "print credentials instead of masking them" },
    },
  },
  mcp: {
    description: "serve the tools to an MCP client (Claude Desktop, an IDE) on standard input and output",
  },
  sessions: {
    description: "export sessions to a file (or standard output), import them, or delete expired ones",
    parameters: ["export|import|vacuum", "file?"],
  },
  audit: {
    description: "verify the audit log of --audit-log (or a copy of its output), or print its last entries",
    parameters: ["tail|verify", "file?"],
    flags: {
      follow: { description: "with tail: go on with the entries that are added, until it is interrupted" },
    },
  },
  keys: {
    description: "add, list or revoke API keys in the file of --api-keys-file",
    parameters: ["add|list|revoke", "name?"],
    flags: {
      "key-roles": { placeholder: "ROLE,…", description: "roles of the new key" },
      "key-organization": { placeholder: "NAME", description: "organization of the new key" },
      expires: { placeholder: "DAYSd|DATE", description: "end of the new key, such as 90d or 2027-01-31" },
      json: { description: "list the keys as JSON" },
    },
  },
  config: {
    description: "show the effective settings and their sources",
    flags: { json: { description: "print a JSON array of {name, flag, group, value, source}" } },
  },
  check: { description: "test the settings, document, API, credentials and model" },
  deploy: {
    description: "print files that deploy specchat with these settings, or write them to a folder",
    parameters: [DEPLOYMENT_FORMATS.join("|")],
    flags: {
      out: { placeholder: "FOLDER", description: "write the files into this folder" },
      account: { placeholder: "ID", description: "AWS account of the IAM policy, twelve digits" },
      agents: {
        placeholder: "AGENT/ALIAS,…",
        description: "agents of Bedrock that the IAM policy allows",
      },
    },
  },
  health: {
    description: "check the server that runs with these settings; exit code 0 means that it is ready",
    flags: {
      url: { placeholder: "URL", description: "address of the server, instead of --host and --port" },
      live: { description: "check only that the process serves requests, not that the chat can reply" },
    },
  },
  doctor: {
    description: "collect versions, settings, checks and recent errors into a file for a report",
    flags: { out: { placeholder: "FILE", description: "write this file instead of specchat-doctor.json" } },
  },
  install: {
    description: "install specchat with these settings as a service of systemd (Linux, as root)",
    flags: {
      ...ROOT_FLAG,
      executable: { placeholder: "FILE", description: "install this executable, instead of the running one" },
    },
  },
  upgrade: {
    description: "replace the installed executable by FILE and restart the service (Linux, as root)",
    parameters: ["file"],
    flags: {
      ...ROOT_FLAG,
      url: { placeholder: "URL", description: "address of the service, instead of that of its settings" },
    },
  },
  uninstall: {
    description: "remove the service of systemd and the executable (Linux, as root)",
    flags: { ...ROOT_FLAG, purge: { description: "remove settings, credentials and conversations too" } },
  },
  usage: {
    description: "add up turns, tokens, cost, tool calls and ratings of the stored sessions, as JSON or CSV",
    flags: {
      by: { placeholder: "KEY,…", description: `groups: ${USAGE_KEYS.join(", ")}; the days when unset` },
      since: { placeholder: "DAY", description: "first day (UTC), such as 2026-11-01" },
      until: { placeholder: "DAY", description: "last day (UTC)" },
      csv: { description: "print CSV instead of JSON" },
    },
  },
  licenses: {
    description: "print the licenses of specchat and of everything that it contains",
    parameters: [],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;
