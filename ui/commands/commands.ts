/** Filters commands by words. Pure. */

export interface Command {
  /** Its name after a slash in the message field: `new`. Undefined for one that only the palette has. */
  readonly name: string | undefined;
  readonly title: string;
  readonly run: () => void;
}

/** Returns the commands that have every word in their title or name: those whose name begins with it first, then those whose title does. */
export function filterCommands(commands: readonly Command[], text: string): readonly Command[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = commands.filter(({ name = "", title }) => {
    const texts = [name, title.toLocaleLowerCase()];
    return words.every((word) => texts.some((one) => one.includes(word)));
  });
  const [first = ""] = words;
  const rank = ({ name, title }: Command) => {
    if (name?.startsWith(first)) return 0;
    return title.toLocaleLowerCase().startsWith(first) ? 1 : 2;
  };
  return first === "" ? found : found.toSorted((one, other) => rank(one) - rank(other));
}

/** Returns what follows the slash of a message that is a command so far; undefined for any other text. */
function readSlash(text: string): string | undefined {
  return /^\/([\p{L}-]*)$/u.exec(text)?.[1]?.toLocaleLowerCase();
}

/** Returns the commands of a message that begins with a slash. Any other message has none. */
export function findSlashCommands(commands: readonly Command[], text: string): readonly Command[] {
  const name = readSlash(text);
  if (name === undefined) return [];
  return filterCommands(
    commands.filter((command) => command.name !== undefined),
    name,
  );
}
