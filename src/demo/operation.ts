/** Declares operations and validates their input. */
import { z } from "zod";
import { Problem, type ProblemStatus, toFieldErrors } from "./problem.ts";
import type { ShopState } from "./state.ts";

export type ShopMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** The response of a handler. `body` is sent as JSON; without it, the response is empty. */
export interface ShopResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The values of a request before validation. Declared numbers and booleans are already converted from text. */
export interface RawInput {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** The URL of the request, for the links of a list. */
  readonly url: URL;
}

interface OperationInfo {
  readonly method: ShopMethod;
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The successful response. `schema` is the name of a component schema. */
  readonly success: {
    readonly status: 200 | 201 | 204;
    readonly description: string;
    readonly schema?: string;
  };
  /** The error statuses that the document lists. */
  readonly problems: readonly ProblemStatus[];
}

/** An operation of the shop, for the router and the document. */
export interface ShopOperation extends OperationInfo {
  readonly parameters: { readonly path: z.ZodObject; readonly query: z.ZodObject };
  readonly requestBody?: { readonly schema: string; readonly required: boolean };
  /**
   * Validates the input and runs the operation.
   * @throws Problem with status 422 when the input is invalid, or the problem that the handler throws.
   */
  run(input: RawInput, shop: ShopState): ShopResponse;
}

const NO_PARAMETERS = z.object({});

/** Declares an operation. The same schemas validate its input and generate the document. */
export function defineOperation<
  Path extends z.ZodObject = typeof NO_PARAMETERS,
  Query extends z.ZodObject = typeof NO_PARAMETERS,
  Body extends z.ZodType = z.ZodUnknown,
>(
  definition: OperationInfo & {
    readonly params?: Path;
    readonly query?: Query;
    /** `schema` is the name of the component schema. */
    readonly body?: { readonly schema: string; readonly type: Body; readonly required?: boolean };
    handle(
      input: { path: z.infer<Path>; query: z.infer<Query>; body: z.infer<Body>; url: URL },
      shop: ShopState,
    ): ShopResponse;
  },
): ShopOperation {
  const { params, query, body, handle, ...info } = definition;
  const types = {
    path: params ?? NO_PARAMETERS,
    query: query ?? NO_PARAMETERS,
    body: body?.type ?? z.unknown(),
  };
  return {
    ...info,
    parameters: { path: types.path, query: types.query },
    ...(body ? { requestBody: { schema: body.schema, required: body.required ?? true } } : {}),
    run(input, shop) {
      const path = types.path.safeParse(input.path);
      const queryValues = types.query.safeParse(input.query);
      const bodyValue = types.body.safeParse(input.body);
      if (path.success && queryValues.success && bodyValue.success) {
        const values = { path: path.data, query: queryValues.data, body: bodyValue.data, url: input.url };
        // The values match the declared schemas, but the compiler cannot infer it from the default type arguments.
        return handle(values as Parameters<typeof handle>[0], shop);
      }
      const issues = [path, queryValues, bodyValue].flatMap((part) => part.error?.issues ?? []);
      throw new Problem(422, "The request has invalid fields.", { errors: toFieldErrors(issues) });
    },
  };
}
