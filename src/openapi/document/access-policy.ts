/**
 * What a document may refer to. A document is data from somebody else: it must not make this machine read its secrets
 * or its neighbours' ports.
 *
 * - A document from a URL reaches its own origin; never a file.
 * - A document from a file reaches files: those in its folder or below, and one step up (`../common.yaml`), so that
 *   siblings share. It reaches only `.json`, `.yaml` and `.yml`, nothing in a hidden folder when it climbs, and never
 *   climbs to the root of the file system. `specRoot` names a folder that may be reached besides. Links are followed
 *   before the path is judged.
 * - `allowHosts` opens further hosts to both.
 */
import { dirname, relative, sep } from "node:path";
import { isUrl } from "./library.ts";
import type { ReadIo } from "./read-io.ts";

/** Undefined when it may, else why not and what would allow it. */
export async function findAccessViolation(target: string, from: string, root: string, io: ReadIo) {
  if (isUrl(target)) {
    const url = new URL(target);
    const origin = isUrl(from) ? new URL(from).origin : undefined;
    if (url.origin === origin || isAllowedHost(url, io)) return undefined;
    const reason = origin === undefined ? "a file refers only to files" : `it came from ${origin}`;
    return `may not reach ${url.origin} (${reason}); allow it with --allow-hosts ${url.host}`;
  }
  if (isUrl(from)) return "a document from a URL may not reach files";
  if (!/\.(json|ya?ml)$/i.test(target)) return "is no .json, .yaml or .yml file";
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
  return "lies outside the folders this document may read; allow a folder with --spec-root";
}

function isWithin(target: string, folder: string): boolean {
  const path = relative(folder, target);
  return path !== ".." && !path.startsWith(`..${sep}`) && !path.startsWith("/");
}
