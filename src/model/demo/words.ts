/** Words of a text or an identifier, lower case and singular: `listLateOrders` → list, late, order. */
export function words(text: string): string[] {
  const spaced = text.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase();
  return (spaced.match(/[a-z]+|\d+/g) ?? []).map((word) =>
    word.length < 4 ? word : word.replace(/ies$/, "y").replace(/(x|ch|sh|ss|us)es$|([^su])s$/, "$1$2"),
  );
}

export function plural(word: string): string {
  return /[^aeiou]y$/.test(word)
    ? word.replace(/y$/, "ies")
    : word.replace(/(x|ch|sh|s)?$/, (end) => (end ? `${end}es` : "s"));
}

/** Does one of the parts, each a phrase, stand in the words side by side? */
export function says(whole: readonly string[], ...parts: readonly (readonly string[])[]): boolean {
  return parts.some((part) => part.length > 0 && ` ${whole.join(" ")} `.includes(` ${part.join(" ")} `));
}

export type Intent = "read" | "create" | "update" | "delete" | "act";

/** What the first word of a clause asks for. */
export const VERBS: readonly (readonly [Intent, RegExp])[] = [
  [
    "read",
    /^(list|show|get|find|search|look|display|fetch|give|tell|what|which|how|who|where|is|are|count)$/,
  ],
  ["create", /^(create|add|make|new|register|place|file|report|submit)$/],
  ["update", /^(update|change|set|edit|modify|rename|put)$/],
  ["delete", /^(delete|remove|drop|destroy)$/],
];
/** Words of names and paths that name no thing. */
export const FILLER =
  /^(\d+|an?|the|of|for|by|id|to|in|on|all|api|v|rest|one|and|get|list|find|search|create|add|update|delete|new)$/;
/** Last words of arguments that identify a record. */
export const IDENTIFIER = /^(id|number|no|key|code|slug|uuid|isbn|sku)$/;
