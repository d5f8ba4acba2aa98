/**
 * Decides what a document may refer to. Documents are untrusted: they must not make this machine read its secrets or
 * connect to its internal network.
 *
 * - A document from a URL may refer to its own origin, never to a file.
 * - A document from a file may refer to `.json`, `.yaml` and `.yml` files in its folder, its parent folder and below.
 *   In the parent folder, hidden files and folders are excluded. The root of the file system never counts as parent
 *   folder. `specRoot` adds another folder. Symbolic links are resolved first.
 * - `allowHosts` adds hosts for both.
 */
import { dirname, relative, sep } from "node:path";
import { isUrl } from "./library.ts";
import type { ReadIo } from "./read-io.ts";

/** Returns undefined when `from` may refer to `target`, otherwise the reason and how to allow it. */
export async function findAccessViolation(target: string, from: string, root: string, io: ReadIo) {
  if (isUrl(target)) {
    const url = new URL(target);
    const origin = isUrl(from) ? new URL(from).origin : undefined;
    if (url.origin === origin || isAllowedHost(url, io)) return undefined;
    const source = origin === undefined ? "a file" : origin;
    return `is not allowed for a document from ${source}; allow it with --allow-hosts ${url.host}`;
  }
  if (isUrl(from)) return "is not allowed for a document from a URL";
  if (!/\.(json|ya?ml)$/i.test(target)) return "is not a .json, .yaml or .yml file";
  return findFileViolation(await io.realPath(target), await io.realPath(root), io);
}

export function isAllowedHost(url: URL, io: ReadIo): boolean {
  return (io.allowHosts ?? []).some(
    (allowed) =>
      allowed === url.host || allowed === url.hostname || allowed.replace(/\/$/, "") === url.origin,
  );
}

async function findFileViolation(target: string, root: string, io: ReadIo): Promise<string | undefined> {
  if (isWithin(target, dirname(root))) return undefined;
  if (io.specRoot !== undefined && isWithin(target, await io.realPath(io.specRoot))) return undefined;
  const parentFolder = dirname(dirname(root));
  const isHidden = relative(parentFolder, target)
    .split(sep)
    .some((segment) => segment.startsWith("."));
  if (parentFolder !== dirname(parentFolder) && isWithin(target, parentFolder) && !isHidden) return undefined;
  return "is outside the folders that this document may read; allow a folder with --spec-root";
}

function isWithin(target: string, folder: string): boolean {
  const path = relative(folder, target);
  return path !== ".." && !path.startsWith(`..${sep}`) && !path.startsWith("/");
}
