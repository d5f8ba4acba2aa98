/** Reads the notes of a version from the changelog. */

/** Returns the section of a version, or of *Unreleased* with its heading when the version has none. */
export function selectNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^(?=## )/m);
  const find = (title: string) => sections.find((section) => section.startsWith(`## ${title}`));
  return `${(find(version) ?? find("Unreleased") ?? "").trim()}\n`;
}
