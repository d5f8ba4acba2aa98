import { getOwn } from "../schema/schema.ts";

/** The arguments that are parts of the body. */
interface BodyPlan {
  /** The key of the argument that is the whole body. */
  readonly bodyKey: string | undefined;
  /** The keys of all declared arguments. */
  readonly keys: ReadonlySet<string>;
  readonly fields: readonly { readonly key: string; readonly name: string }[];
  readonly bodyRequired: boolean;
}

/** Returns the value of the body. Undefined when no argument belongs to it. */
export function collectBody(plan: BodyPlan, values: Readonly<Record<string, unknown>>): unknown {
  if (plan.bodyKey !== undefined) return getOwn(values, plan.bodyKey);
  const present = plan.fields.filter(({ key }) => getOwn(values, key) !== undefined);
  // Undeclared arguments that were accepted are fields of an open body.
  const undeclared =
    plan.fields.length === 0 ? [] : Object.entries(values).filter(([key]) => !plan.keys.has(key));
  if (present.length + undeclared.length === 0 && !(plan.bodyRequired && plan.fields.length > 0))
    return undefined;
  return Object.fromEntries([
    ...present.map(({ key, name }) => [name, getOwn(values, key)] as const),
    ...undeclared,
  ]);
}
