import type { JsonSchema } from "../../chat/types.ts";
import type { Located } from "../document/library.ts";
import { OperationError } from "../document/operation-error.ts";
import type { DynamicScope } from "./dynamic-scope.ts";
import { measureSchema, type SchemaStats } from "./measure.ts";

/** A referenced schema, read on first use. */
export interface Component {
  /** Unique within the description; consists of letters, digits, `_`, `.` and `-`. */
  readonly name: string;
  /** `{ $ref: "#/$defs/<name>" }` */
  readonly reference: JsonSchema;
  readonly located: Located;
  /** Whether this is the variant of a parent without its subtypes. */
  readonly omitsSubtypes: boolean;
  /** The dynamic anchors that its `$dynamicRef`s refer to. */
  readonly scope: DynamicScope | undefined;
  state: "pending" | "reading" | "read" | "failed";
  schema: JsonSchema;
  /** Names of read-only properties, which `schema` leaves out. */
  readOnlyProperties: ReadonlySet<string>;
  /** The reason when `state` is `failed`. */
  failure: string;
  stats?: SchemaStats;
}

/** Returns the statistics of a component that has been read; computed once. */
export function measureComponent(component: Component): SchemaStats {
  component.stats ??= measureSchema(component.schema);
  return component.stats;
}

/** Reports a schema that applies itself to the same value: no value could be validated. */
export function infiniteRecursionError({ name }: Component): OperationError {
  return new OperationError(`schema ${name} is infinitely recursive`);
}
