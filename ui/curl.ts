/** Writes a request as a curl command for a shell of POSIX. */
import type { PendingCallFrame } from "./protocol.ts";

type ShownRequest = NonNullable<PendingCallFrame["request"]>;

/** @param request its secrets are masked. A person puts them in before running the command. */
export function toCurl({ method, url, headers = {}, body }: ShownRequest): string {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  // The parts of a form are shown line by line, and cannot be sent like that.
  const form = type?.startsWith("multipart/") ? (body ?? "").split("\n").map((line) => `# ${line}`) : [];
  const data = form.length > 0 ? undefined : body;
  const lines = [
    `curl ${method === "GET" ? "" : method === "HEAD" ? "-I " : `-X ${quote(method)} `}${quote(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(data === undefined || type !== undefined ? [] : [`-H ${quote("Content-Type: application/json")}`]),
    ...(data === undefined ? [] : [`--data-raw ${quote(data)}`]),
  ];
  return [...form, lines.join(" \\\n  ")].join("\n");
}

/** Quotes a text so that the shell takes every character as it is. */
function quote(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
