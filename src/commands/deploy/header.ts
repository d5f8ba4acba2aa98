/** The comment at the start of a file: where it comes from, and which settings it has. */
import type { Deployment } from "./types.ts";

/** Formats the comment. `lines` are further ones, such as what to do with the file. */
export function formatHeader(
  format: string,
  deployment: Deployment,
  lines: readonly string[] = [],
  mark = "#",
): string {
  const { version, variables, secrets } = deployment;
  const names = [...variables, ...secrets].map(({ name }) => name.replace(/^SPECCHAT_/, ""));
  return [
    `Written by specchat ${version}: specchat deploy ${format}`,
    `Settings: ${names.join(", ")}`,
    ...lines,
  ]
    .map((line) => `${mark} ${line}`.trimEnd())
    .concat("")
    .join("\n");
}
