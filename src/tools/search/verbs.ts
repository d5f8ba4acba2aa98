/** Verbs of operations and of questions, by what they do. */
import type { VerbClass } from "./types.ts";

const VERBS: Readonly<Record<VerbClass, string>> = {
  list: "list search find query browse enumerate lookup count filter index",
  read: "get read fetch retrieve show view describe check see display download load inspect tell look know test verify validate compare export print status preview",
  create:
    "create add make new open post register insert submit upload publish start begin build generate issue send invite attach assign put write save store set-up launch schedule book order place request draft import provision grant give append append clone copy fork reply",
  update:
    "update edit change modify set patch replace rename move alter adjust fix configure enable disable mark switch convert transfer restore renew reset toggle upsert merge lock unlock close reopen approve reject accept decline star follow pin archive rotate",
  delete:
    "delete remove destroy drop erase clear cancel revoke unassign detach discard purge uninstall kill unfollow unstar unblock unlink dismiss wipe throw deactivate withdraw",
};

const CLASSES = new Map<string, VerbClass>(
  (Object.keys(VERBS) as VerbClass[]).flatMap((verbClass) =>
    VERBS[verbClass].split(" ").map((verb) => [verb, verbClass] as const),
  ),
);

/** Returns what a verb does. Undefined for a word that is no known verb. */
export function classifyVerb(word: string): VerbClass | undefined {
  return CLASSES.get(word);
}

const METHOD_CLASSES: Readonly<Record<string, VerbClass>> = {
  GET: "read",
  HEAD: "read",
  QUERY: "read",
  POST: "create",
  PUT: "update",
  PATCH: "update",
  DELETE: "delete",
};

/** Returns what a method usually does. Undefined for a method without a usual meaning. */
export function classifyMethod(method: string): VerbClass | undefined {
  return METHOD_CLASSES[method.toUpperCase()];
}
