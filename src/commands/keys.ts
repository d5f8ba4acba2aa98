/** `specchat keys`: adds, lists and revokes API keys in the file of `--api-keys-file`. Running servers notice the change. */
import {
  createKey,
  hashKey,
  KEY_NAME,
  keyIdOf,
  type StoredKey,
} from "../access/authentication/api-keys/api-key.ts";
import { changeKeyFile, readKeyFile } from "../access/authentication/api-keys/key-file.ts";
import { TERMINAL } from "../access/caller.ts";
import { openAuditLog } from "../app/open-audit-log.ts";
import { StartError } from "../errors.ts";
import { withPlainOutput } from "./plain-output.ts";
import type { CommandContext } from "./types.ts";

const DAY_MS = 86_400_000;

export const keys = withPlainOutput(async (context) => {
  const { config, arguments: given } = context.loaded;
  const [action, name] = given.positionals;
  const file = config.apiKeysFile;
  if (file === undefined) throw new StartError("No file of API keys: set --api-keys-file.");
  if (action === "list") return list(file, context);
  if (name === undefined)
    throw new StartError(
      `Name the key: specchat keys ${action} ${action === "add" ? "NAME" : "NAME or ID"}.`,
    );
  const audit = await openAuditLog(config, context.ports);
  try {
    const isAdded = action === "add";
    const act = isAdded ? "key_added" : "key_revoked";
    const changed = isAdded ? [add(file, name, context)] : revoke(file, name, context);
    audit.runAs({ caller: TERMINAL, address: "", request: "" }, () => {
      for (const key of changed)
        audit.record({ event: "administration", act, subject: `${key.name} (${key.id})` });
    });
  } finally {
    await audit.close();
  }
  return 0;
});

/** Prints the key alone to standard output, so that a script can take it. */
function add(file: string, name: string, { loaded, ports, terminal }: CommandContext): StoredKey {
  if (!KEY_NAME.test(name))
    throw new StartError(`${name} is not a name of letters, digits and . _ @ - with at most 64 characters.`);
  const { flags } = loaded.arguments;
  const now = ports.now();
  const key = createKey();
  const sha256 = hashKey(key);
  const stored: StoredKey = {
    name,
    id: keyIdOf(sha256),
    sha256,
    roles: readRoles(flags["key-roles"]),
    organization: readText(flags["key-organization"]),
    createdAt: now.toISOString(),
    expiresAt: readEnd(flags.expires, now),
  };
  let others = 0;
  changeKeyFile(file, (known) => {
    others = known.filter((entry) => entry.name === name).length;
    return [...known, stored];
  });
  terminal.out(`${key}\n`);
  terminal.err(
    `${name} (${stored.id}) added to ${file}, which has only the hash. The key is not shown again.\n`,
  );
  if (others > 0)
    terminal.err(
      `${others + 1} keys have this name and are the same user. Revoke an old one by its id, once nobody uses it.\n`,
    );
  return stored;
}

function list(file: string, { loaded, ports, terminal }: CommandContext): 0 {
  const keys = readKeyFile(file).map(({ sha256: _, ...shown }) => shown);
  if (loaded.arguments.flags.json === true) {
    terminal.out(`${JSON.stringify(keys, null, 2)}\n`);
    return 0;
  }
  if (keys.length === 0) {
    terminal.err(`${file} has no keys.\n`);
    return 0;
  }
  const now = ports.now().toISOString();
  const rows = keys.map(({ name, id, roles, organization, createdAt, expiresAt }) => [
    name,
    id,
    roles.join(",") || "-",
    organization ?? "-",
    createdAt?.slice(0, 10) ?? "-",
    expiresAt === undefined ? "never" : `${expiresAt.slice(0, 10)}${expiresAt <= now ? " (expired)" : ""}`,
  ]);
  terminal.out(formatTable([["NAME", "ID", "ROLES", "ORGANIZATION", "CREATED", "EXPIRES"], ...rows]));
  return 0;
}

/** Revokes the key of an id, or all keys of a name. */
function revoke(file: string, nameOrId: string, { terminal }: CommandContext): readonly StoredKey[] {
  const isMeant = ({ name, id }: StoredKey) => name === nameOrId || id === nameOrId;
  let revoked: readonly StoredKey[] = [];
  changeKeyFile(file, (known) => {
    revoked = known.filter(isMeant);
    if (revoked.length === 0) throw new StartError(`${file} has no key with the name or id ${nameOrId}.`);
    return known.filter((entry) => !isMeant(entry));
  });
  for (const { name, id } of revoked)
    terminal.err(`${name} (${id}) revoked: servers refuse it from now on.\n`);
  return revoked;
}

function readText(value: string | true | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function readRoles(value: string | true | undefined): readonly string[] {
  const names = (readText(value) ?? "").split(",").map((role) => role.trim());
  return names.filter((role) => role !== "");
}

/** Returns the end as ISO 8601. @throws StartError */
function readEnd(value: string | true | undefined, now: Date): string | undefined {
  const text = readText(value);
  if (text === undefined) return undefined;
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  const end = days === undefined ? Date.parse(text) : now.getTime() + Number(days) * DAY_MS;
  if (/^\d/.test(text) && end > now.getTime()) return new Date(end).toISOString();
  throw new StartError(
    `--expires ${text} is neither days, such as 90d, nor a date in the future, such as 2027-01-31.`,
  );
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}
