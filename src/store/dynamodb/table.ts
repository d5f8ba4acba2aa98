/** A client for the one table of the store: reads, conditional updates, batched writes, queries and scans. */
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  DynamoDBServiceException,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ResourceNotFoundException,
  ScanCommand,
  type ScanCommandInput,
  UpdateItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { messageOf, storeUnavailable } from "../errors.ts";
import type { Item, Key } from "./attributes.ts";
import { buildCondition, buildUpdate, type Condition, type Update } from "./expressions.ts";
import { isExpectedSchema, missingTable, unexpectedSchema } from "./table-schema.ts";

const REQUEST_TIMEOUT_MS = 5000;
/** The limit of BatchWriteItem. */
const MAX_BATCH_ITEMS = 25;
const MAX_BATCH_DELAY_MS = 2000;

export interface TableOptions
  extends Pick<DynamoDBClientConfig, "endpoint" | "profile" | "credentials" | "requestHandler"> {
  readonly name: string;
  readonly region: string;
}

interface Page {
  readonly Items?: Item[] | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

/** Every method rejects with AppError `store_unavailable` when DynamoDB is unreachable, throttles or refuses the request. */
export class DynamoTable {
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #region: string;

  constructor({ name, region, ...options }: TableOptions) {
    this.#client = new DynamoDBClient({ region, maxAttempts: 3, ...options });
    this.#name = name;
    this.#region = region;
  }

  /** Returns an item by its key, with a consistent read. */
  async read(key: Key): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#name, Key: key, ConsistentRead: true });
    return (await this.#send((abort) => this.#client.send(command, abort)))?.Item;
  }

  /** Returns the item before or after the update, or undefined when the condition does not hold. */
  async update(key: Key, update: Update): Promise<Item | undefined> {
    const command = new UpdateItemCommand({ TableName: this.#name, Key: key, ...buildUpdate(update) });
    const output = await this.#send((abort) => this.#client.send(command, abort));
    return output && (output.Attributes ?? {});
  }

  /** Deletes an item when the condition holds. */
  async remove(key: Key, condition: Condition): Promise<void> {
    const command = new DeleteItemCommand({ TableName: this.#name, Key: key, ...buildCondition(condition) });
    await this.#send((abort) => this.#client.send(command, abort));
  }

  async put(items: readonly Item[]): Promise<void> {
    await this.#writeAll(items.map((Item) => ({ PutRequest: { Item } })));
  }

  async removeAll(keys: readonly Key[]): Promise<void> {
    await this.#writeAll(keys.map((Key) => ({ DeleteRequest: { Key } })));
  }

  query(input: Omit<QueryCommandInput, "TableName">): AsyncGenerator<Item> {
    return this.#readPages((ExclusiveStartKey, abort) =>
      this.#client.send(new QueryCommand({ TableName: this.#name, ...input, ExclusiveStartKey }), abort),
    );
  }

  scan(input: Omit<ScanCommandInput, "TableName">): AsyncGenerator<Item> {
    return this.#readPages((ExclusiveStartKey, abort) =>
      this.#client.send(new ScanCommand({ TableName: this.#name, ...input, ExclusiveStartKey }), abort),
    );
  }

  /** @throws StartError when the table does not exist or has another schema. */
  async verifySchema(): Promise<void> {
    const command = new DescribeTableCommand({ TableName: this.#name });
    try {
      const output = await this.#send((abort) => this.#client.send(command, abort));
      if (!isExpectedSchema(output?.Table)) throw unexpectedSchema(this.#name, this.#region);
    } catch (error) {
      if (error instanceof Error && error.cause instanceof ResourceNotFoundException)
        throw missingTable(this.#name, this.#region);
      throw error;
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async #writeAll(requests: readonly WriteRequest[]): Promise<void> {
    for (let index = 0; index < requests.length; index += MAX_BATCH_ITEMS)
      await this.#writeBatch(requests.slice(index, index + MAX_BATCH_ITEMS));
  }

  /** Sends what DynamoDB leaves unprocessed again, after increasing delays. */
  async #writeBatch(requests: WriteRequest[]): Promise<void> {
    let unprocessed: WriteRequest[] | undefined = requests;
    for (let delayMs = 0; unprocessed !== undefined && unprocessed.length > 0; delayMs = delayMs * 2 + 50) {
      if (delayMs > MAX_BATCH_DELAY_MS) throw storeUnavailable(`${this.#address}: writes are throttled`);
      await Bun.sleep(delayMs);
      const command: BatchWriteItemCommand = new BatchWriteItemCommand({
        RequestItems: { [this.#name]: unprocessed },
      });
      const output = await this.#send((abort) => this.#client.send(command, abort));
      unprocessed = output?.UnprocessedItems?.[this.#name];
    }
  }

  async *#readPages(
    send: (from: Item | undefined, abort: { abortSignal: AbortSignal }) => Promise<Page>,
  ): AsyncGenerator<Item> {
    let from: Item | undefined;
    do {
      const page: Page | undefined = await this.#send((abort) => send(from, abort));
      yield* page?.Items ?? [];
      from = page?.LastEvaluatedKey;
    } while (from !== undefined);
  }

  /** Sends a request with a timeout. Returns undefined when its condition does not hold. */
  async #send<T>(send: (abort: { abortSignal: AbortSignal }) => Promise<T>): Promise<T | undefined> {
    try {
      return await send({ abortSignal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      // An invalid request is a bug, not an unavailable store.
      if (error instanceof DynamoDBServiceException && /Validation|Serialization/.test(error.name))
        throw error;
      throw storeUnavailable(`${this.#address}: ${messageOf(error)}`, error);
    }
  }

  get #address(): string {
    return `dynamodb://${this.#name} in ${this.#region}`;
  }
}
