/**
 * Stores the items of responses, for `previous_response_id` and references. Each response is a session without messages,
 * which its label describes. It has an owner of its own, so no list of conversations has it.
 */
import { type Client, scopeClient } from "../../access/client.ts";
import { recordOtherOwner } from "../../access/ownership.ts";
import type { SessionId } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { newSession } from "../../turns/new-session.ts";
import type { ResponseOutputItem } from "./encode-response.ts";
import type { ResponseInputItem } from "./responses-requests.ts";

interface StoredResponse {
  /** The caller, unless it is anonymous: then the id alone gives access, while there is no authentication. */
  readonly caller?: string;
  readonly previous?: string;
  readonly items: readonly (ResponseInputItem | ResponseOutputItem)[];
}

/** Responses that a request may read. */
const MAX_RESPONSES = 500;

export async function saveResponse(
  { store, now }: Pick<App, "store" | "now">,
  client: Client,
  key: string,
  { previous, items }: Pick<StoredResponse, "items"> & { readonly previous: string | undefined },
): Promise<void> {
  const { caller } = client;
  const stored: StoredResponse = {
    ...(caller.kind !== "anonymous" && { caller: caller.id }),
    ...(previous !== undefined && { previous }),
    items,
  };
  const owner = scopeClient(client, "responses", key).caller;
  await store.create({
    ...newSession(key as SessionId, owner, now()),
    label: JSON.stringify({ response: stored }),
  });
}

/** The items of a request. `input` has no references. */
interface ResolvedItems {
  readonly earlier: readonly ResponseInputItem[];
  readonly input: readonly ResponseInputItem[];
}

/**
 * Returns the items of earlier responses, and the input with the items that it refers to.
 * @throws AppError `not_found` when a response is not stored or belongs to another caller.
 */
export async function resolveItems(
  app: Pick<App, "audit" | "store">,
  client: Client,
  input: readonly ResponseInputItem[],
  previous: string | undefined,
): Promise<ResolvedItems> {
  const earlier: (ResponseInputItem | ResponseOutputItem)[] = [];
  let id = previous;
  for (let count = 0; id !== undefined && count < MAX_RESPONSES; count++) {
    const stored: StoredResponse = await readResponse(app, client, id, `resp_`);
    earlier.unshift(...stored.items);
    id = stored.previous;
  }
  const referenced = await readReferenced(app, client, input);
  const items = input.map((item) => (item.type === "item_reference" ? referenced.get(item.id) : item));
  return {
    earlier: earlier as readonly ResponseInputItem[],
    input: items.filter((item) => item !== undefined) as readonly ResponseInputItem[],
  };
}

/** Returns the stored items that the input refers to, by their ids. Each response is read once. */
async function readReferenced(
  app: Pick<App, "audit" | "store">,
  client: Client,
  input: readonly ResponseInputItem[],
): Promise<ReadonlyMap<string, ResponseInputItem | ResponseOutputItem>> {
  const ids = input.flatMap((item) =>
    item.type === "item_reference" ? [item.id.replace(/^(msg|fc)_(.*?)(_\d+)?$/, "$2")] : [],
  );
  const keys = [...new Set(ids)];
  if (keys.length > MAX_RESPONSES)
    throw new AppError(
      "bad_request",
      `input: items of at most ${MAX_RESPONSES} responses can be referred to.`,
    );
  const responses = await Promise.all(keys.map((key) => readResponse(app, client, key, "")));
  const items = responses.flatMap(({ items }) => items);
  return new Map(items.flatMap((item) => ("id" in item ? [[item.id, item] as const] : [])));
}

async function readResponse(
  { audit, store }: Pick<App, "audit" | "store">,
  { caller }: Client,
  id: string,
  prefix: string,
): Promise<StoredResponse> {
  const key = new RegExp(`^${prefix}([\\da-f-]{36})$`).exec(id)?.at(-1);
  const session =
    key === undefined ? undefined : (await store.read(key as SessionId, { newest: 0 }))?.session;
  const label: { response?: StoredResponse } = session?.label?.startsWith('{"response"')
    ? JSON.parse(session.label)
    : {};
  const { response } = label;
  const isOwn =
    response?.caller === undefined ? caller.identity === undefined : response.caller === caller.id;
  if (response && !isOwn) recordOtherOwner(audit, `response ${id}`);
  if (!response || !isOwn)
    throw new AppError("bad_request", `There is no stored response ${JSON.stringify(id.slice(0, 100))}.`);
  return response;
}
