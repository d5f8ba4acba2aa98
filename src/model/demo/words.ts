/** Words of a text or an identifier: lower case, singular. `listLateOrders` → list, late, order. */
export function words(text: string): string[] {
  const spaced = text.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase();
  return (spaced.match(/[a-z]+|\d+/g) ?? []).map(singular);
}

export function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, "ies");
  return /(x|ch|sh|s)$/.test(word) ? `${word}es` : `${word}s`;
}

function singular(word: string): string {
  if (word.length < 4) return word;
  if (word.endsWith("ies")) return word.replace(/ies$/, "y");
  if (/(x|ch|sh|ss|us)es$/.test(word)) return word.replace(/es$/, "");
  return word.replace(/([^su])s$/, "$1").replace(/lled$/, "led");
}

/** Do the words of `part` stand in `whole`, side by side and in order? */
export function phraseIn(part: readonly string[], whole: readonly string[]): boolean {
  return part.length > 0 && ` ${whole.join(" ")} `.includes(` ${part.join(" ")} `);
}

const split = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** What a first word asks for; anything else reads. */
export const VERBS: Readonly<Record<Intent, ReadonlySet<string>>> = {
  read: split(
    "list show get find search look display fetch give tell what which how who where is are count read",
  ),
  create: split("create add open make new register place post file report submit write"),
  update: split("update change set edit modify rename patch put replace"),
  delete: split("delete remove drop destroy"),
  act: split("run start stop do"),
};
export type Intent = "read" | "create" | "update" | "delete" | "act";

/** Words of names and paths that name no thing. */
export const FILLER = split(
  "a an the of for by id to in on all api v rest one and or with me my please get list show find search fetch" +
    " create add update delete remove new post put patch number key",
);
/** Ends of the names of arguments that identify a record. */
export const IDENTIFIERS = split("id number no key code slug uuid isbn sku ref");
