/** Says in words what a call did, from the summary of its operation. */
import { escapeInvisible } from "./escape.ts";
import type { CallPart } from "./state/types.ts";

type NamedCall = Pick<CallPart, "name" | "summary" | "status" | "refused">;

/** Returns "Listed orders" for a finished call, and "List orders" for another one. */
export function describeCall({ name, summary, status, refused }: NamedCall): string {
  const sentence = escapeInvisible(summary?.trim().replace(/\.$/, "") || toWords(name));
  return status === "ok" && refused === undefined ? toPast(sentence) : sentence;
}

/** Returns the words of a tool's name: "List late orders" of `listLateOrders`. */
function toWords(name: string): string {
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/[_\-.\s]+/g, " ")
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Verbs that summaries begin with. Another word stays as it is. */
const REGULAR = new Set(
  (
    "accept activate add apply approve archive assign attach authorize calculate cancel change check clear clone close compare " +
    "complete compute confirm connect convert create deactivate delete deploy detach disable download enable estimate execute " +
    "export fetch fill finish follow generate import initialize insert install invite join launch list load lock mark merge modify " +
    "open pause preview publish purge query receive register reject release remove rename renew reopen replace reserve resolve " +
    "restart restore resume retrieve retry return revoke save search select subscribe suspend sync trigger unlock unsubscribe " +
    "update upload validate verify"
  ).split(" "),
);

/** Verbs that are nouns as well: "Order history" is no sentence, "Order a book" is one. */
const AMBIGUOUS = new Set(
  "call copy count display filter issue look move order patch place poll post process record request schedule share start test view".split(
    " ",
  ),
);

/** Words that follow a verb and not a noun. */
const DETERMINER = /^(a|an|all|any|each|every|its|my|new|one|some|that|the|this|your)$/i;

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ["begin", "began"],
  ["bind", "bound"],
  ["buy", "bought"],
  ["find", "found"],
  ["get", "got"],
  ["make", "made"],
  ["pay", "paid"],
  ["read", "read"],
  ["reset", "reset"],
  ["run", "ran"],
  ["sell", "sold"],
  ["send", "sent"],
  ["set", "set"],
  ["submit", "submitted"],
  ["swap", "swapped"],
  ["take", "took"],
  ["write", "wrote"],
]);

/** Returns the sentence with its verb in the past: "Lists all pets" and "List pets" become "Listed all pets" and "Listed pets". */
function toPast(sentence: string): string {
  const [first = "", ...rest] = sentence.split(" ");
  const past = pastOf(first.toLowerCase(), DETERMINER.test(rest[0] ?? ""));
  if (past === undefined) return sentence;
  return [past.charAt(0).toUpperCase() + past.slice(1), ...rest].join(" ");
}

function pastOf(word: string, hasDeterminer: boolean): string | undefined {
  // A word with an s is a noun unless an object follows: "Orders of a customer".
  const forms = hasDeterminer
    ? [word, word.replace(/s$/, ""), word.replace(/es$/, ""), word.replace(/ies$/, "y")]
    : [word];
  const isVerb = (form: string) =>
    IRREGULAR.has(form) || REGULAR.has(form) || (hasDeterminer && AMBIGUOUS.has(form));
  const base = forms.find(isVerb);
  if (base === undefined) return undefined;
  const irregular = IRREGULAR.get(base);
  if (irregular !== undefined) return irregular;
  if (base.endsWith("e")) return `${base}d`;
  return /[^aeou]y$/.test(base) ? `${base.slice(0, -1)}ied` : `${base}ed`;
}
