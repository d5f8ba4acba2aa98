/** Splits names and texts into words, and reduces words to stems. */

/**
 * Splits a name or a text into words in lower case: `listPullRequests`, `list-pull-requests` and "List pull requests" become
 * `list`, `pull`, `requests`. Letters lose their accents. Numbers stay as words.
 */
export function splitWords(text: string): string[] {
  if (isAscii(text)) return splitBy(ASCII, text);
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .normalize("NFC");
  return splitBy(UNICODE, plain).flatMap(splitUnspaced);
}

function splitBy({ parts, word }: { readonly parts: RegExp; readonly word: RegExp }, text: string): string[] {
  const plain = text.includes("'") || text.includes("’") ? text.replace(POSSESSIVE, "") : text;
  return plain.replace(parts, "$& ").toLowerCase().match(word) ?? [];
}

/** Scripts without spaces between words, or with endings that are joined to them. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]+/u;

/** Splits a run of such letters into pairs: 注文一覧 becomes 注文, 文一, 一覧. */
function splitUnspaced(word: string): string[] {
  const match = UNSPACED.exec(word);
  if (!match) return [word];
  const [run] = match;
  const letters = [...run];
  const pairs =
    letters.length < 3 ? [run] : letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
  const before = word.slice(0, match.index);
  const after = word.slice(match.index + run.length);
  return [...(before === "" ? [] : [before]), ...pairs, ...(after === "" ? [] : splitUnspaced(after))];
}

/** `parts` matches the last letter of a word that another word follows in camel case. `PRs` and `IDs` are one word. */
const ASCII = { parts: /[a-z0-9](?=[A-Z])|[A-Z](?=[A-Z](?!s(?![a-z]))[a-z])/g, word: /[a-z0-9]+/g };
const UNICODE = {
  parts: /[\p{Ll}\p{N}](?=\p{Lu})|\p{Lu}(?=\p{Lu}(?!s(?!\p{L}))\p{Ll})/gu,
  word: /[\p{L}\p{N}]+/gu,
};
const POSSESSIVE = /['’]s?(?![\p{L}\p{N}])/gu;

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins at 0.
  return /^[\x00-\x7f]*$/.test(text);
}

const IRREGULAR: Readonly<Record<string, string>> = {
  people: "person",
  children: "child",
  indices: "index",
  indexes: "index",
  statuses: "status",
  status: "status",
  addresses: "address",
  analyses: "analysis",
  data: "data",
  media: "media",
  aliases: "alias",
  news: "news",
};

/** Returns the singular of an English plural. Other words stay. */
export function stem(word: string): string {
  if (Object.hasOwn(IRREGULAR, word)) return IRREGULAR[word] ?? word;
  if (word.length < 4 || !word.endsWith("s") || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith("ies")) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (/(?:sses|shes|ches|xes|zzes)$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** Nouns in `-ing` and words in `-ed` that are no forms of the verb they look like. */
const NO_VERB_FORMS: ReadonlySet<string> = new Set(
  "setting string rating pricing billing building meeting spring thing ring king feed need seed speed embed hundred red bed listing".split(
    " ",
  ),
);

/** Returns the base forms that a verb form may stand for: `merged` → `merge`, `stopping` → `stop`. */
export function listBaseForms(word: string): string[] {
  if (NO_VERB_FORMS.has(word)) return [];
  const match = /^(.{3,}?)(?:ing|ed)$/.exec(word);
  const root = match?.[1];
  if (root === undefined) return [];
  const isDoubled = root.length > 3 && root.at(-1) === root.at(-2);
  return [
    `${root}e`,
    root,
    ...(isDoubled ? [root.slice(0, -1)] : []),
    ...(root.endsWith("i") ? [`${root.slice(0, -1)}y`] : []),
  ];
}

/** Words that carry no meaning in a name or a question. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an the this that these those some any all each every of for to in on at by with from into onto as is are was were be been
  being it its my me i we us our you your they them their he she his her him and or not no do does did done have has had having
  can could should would will shall may might must please just only also there here now then than so if when while about up out
  off over under between within via per using use used what which who whom whose where why how how's many much more most new
  old am got let lets us anything something everything nothing anyone someone everyone somebody anybody nobody one ones
  s t re ve ll d m don doesn didn isn aren wasn weren like want need needs wants give gives go goes going still yet already again
  ever too very really last next first today yesterday tomorrow week month year hour day right back ago long`.split(
    /\s+/,
  ),
);
