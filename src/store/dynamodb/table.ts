/** The one table of the DynamoDB store: what it has to look like, and how it is spoken to. */
import {
  type AttributeValue,
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
import { StartError } from "../../errors.ts";
import { messageOf, storeUnavailable } from "../errors.ts";

export type Item = Record<string, AttributeValue>;
export type Key = Readonly<Record<"pk" | "sk", { readonly S: string }>>;

/** The index of each owner's sessions, in the order of their last change. */
export const BY_OWNER = "by-owner";
/** The attribute with the time, in seconds, after which DynamoDB removes an item. */
const EXPIRES = "expires";

const REQUEST_TIMEOUT_MS = 5000;
/** Items that BatchWriteItem takes. */
const MAX_BATCH_ITEMS = 25;

export interface TableOptions {
  readonly name: string;
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
  readonly credentials?: DynamoDBClientConfig["credentials"];
  readonly requestHandler?: DynamoDBClientConfig["requestHandler"];
}

/** Names of attributes stand in it as `#name`, values as `:name`. */
export interface Condition {
  readonly condition: string;
  readonly values?: Item;
}

export interface Update extends Condition {
  /** Undefined: the attribute is removed. */
  readonly set: Readonly<Record<string, AttributeValue | undefined>>;
  /** Further ones, as expressions: `#count = #count + :one`. */
  readonly compute?: readonly string[];
  readonly returns: "before" | "after";
}

/** Every method rejects with AppError `store_unavailable`. */
export interface DynamoTable {
  read(key: Key): Promise<Item | undefined>;
  /** Undefined: the condition does not hold. */
  update(key: Key, update: Update): Promise<Item | undefined>;
  /** Nothing happens when the condition does not hold. */
  remove(key: Key, condition: Condition): Promise<void>;
  put(items: readonly Item[]): Promise<void>;
  removeAll(keys: readonly Key[]): Promise<void>;
  query(input: Omit<QueryCommandInput, "TableName">): AsyncGenerator<Item>;
  scan(input: Omit<ScanCommandInput, "TableName">): AsyncGenerator<Item>;
  /** @throws StartError when there is no such table, or another's. */
  verifySchema(): Promise<void>;
  close(): void;
}

export function openDynamoTable({ name, region, ...options }: TableOptions): DynamoTable {
  const client = new DynamoDBClient({ region, maxAttempts: 3, ...options });
  const TableName = name;

  /** Undefined: the condition does not hold. */
  async function sendWithTimeout<T>(
    send: (abort: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await send({ abortSignal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      if (error instanceof DynamoDBServiceException && /Validation|Serialization/.test(error.name))
        throw error;
      throw storeUnavailable(`dynamodb://${name} in ${region}: ${messageOf(error)}`, error);
    }
  }

  async function writeAll(requests: readonly WriteRequest[]): Promise<void> {
    for (let index = 0; index < requests.length; index += MAX_BATCH_ITEMS) {
      let unprocessed: WriteRequest[] | undefined = requests.slice(index, index + MAX_BATCH_ITEMS);
      for (let pause = 0; unprocessed !== undefined && unprocessed.length > 0; pause = pause * 2 + 50) {
        if (pause > 2000) throw storeUnavailable(`dynamodb://${name} in ${region}: it takes no more writes`);
        await Bun.sleep(pause);
        const RequestItems: Record<string, WriteRequest[]> = { [name]: unprocessed };
        const sent = await sendWithTimeout((abort) =>
          client.send(new BatchWriteItemCommand({ RequestItems }), abort),
        );
        unprocessed = sent?.UnprocessedItems?.[name];
      }
    }
  }

  async function* pages(
    fetchPage: (from: Item | undefined) => Promise<{ Items?: Item[]; LastEvaluatedKey?: Item } | undefined>,
  ): AsyncGenerator<Item> {
    let from: Item | undefined;
    do {
      const page = await fetchPage(from);
      yield* page?.Items ?? [];
      from = page?.LastEvaluatedKey;
    } while (from !== undefined);
  }

  return {
    async read(Key) {
      const command = new GetItemCommand({ TableName, Key, ConsistentRead: true });
      return (await sendWithTimeout((abort) => client.send(command, abort)))?.Item;
    },
    async update(Key, { set, compute = [], condition, values, returns }) {
      const assigned = Object.entries(set).flatMap(([attribute, value]) =>
        value === undefined ? [] : [{ attribute, value }],
      );
      const removed = Object.keys(set).filter((attribute) => set[attribute] === undefined);
      const sets = [...assigned.map(({ attribute }) => `#${attribute} = :set_${attribute}`), ...compute];
      const removes = removed.map((attribute) => `#${attribute}`);
      const expression = [
        ...(sets.length > 0 ? [`SET ${sets.join(", ")}`] : []),
        ...(removes.length > 0 ? [`REMOVE ${removes.join(", ")}`] : []),
      ].join(" ");
      const assignedValues = Object.fromEntries(
        assigned.map(({ attribute, value }) => [`:set_${attribute}`, value]),
      );
      const command = new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: expression,
        ...conditionInput({ condition, values: { ...assignedValues, ...values } }, expression),
        ReturnValues: returns === "before" ? "ALL_OLD" : "ALL_NEW",
      });
      const sent = await sendWithTimeout((abort) => client.send(command, abort));
      return sent && (sent.Attributes ?? {});
    },
    async remove(Key, condition) {
      const command = new DeleteItemCommand({ TableName, Key, ...conditionInput(condition) });
      await sendWithTimeout((abort) => client.send(command, abort));
    },
    put: (items) => writeAll(items.map((Item) => ({ PutRequest: { Item } }))),
    removeAll: (keys) => writeAll(keys.map((Key) => ({ DeleteRequest: { Key } }))),
    query: (input) =>
      pages((ExclusiveStartKey) =>
        sendWithTimeout((abort) =>
          client.send(new QueryCommand({ TableName, ...input, ExclusiveStartKey }), abort),
        ),
      ),
    scan: (input) =>
      pages((ExclusiveStartKey) =>
        sendWithTimeout((abort) =>
          client.send(new ScanCommand({ TableName, ...input, ExclusiveStartKey }), abort),
        ),
      ),
    async verifySchema() {
      try {
        const described = await sendWithTimeout((abort) =>
          client.send(new DescribeTableCommand({ TableName }), abort),
        );
        const keys = described?.Table?.KeySchema?.map(({ AttributeName }) => AttributeName) ?? [];
        const indexes = described?.Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName) ?? [];
        if (keys.join() === "pk,sk" && indexes.includes(BY_OWNER)) return;
        throw new StartError(
          `The DynamoDB table ${name} in ${region} is not one of specchat: it has to be made as\n\n${createTableCommand(name, region)}`,
        );
      } catch (error) {
        if (!(error instanceof Error && error.cause instanceof ResourceNotFoundException)) throw error;
        throw new StartError(
          `There is no DynamoDB table ${name} in ${region}. Make it with\n\n${createTableCommand(name, region)}\n\nspecchat's role needs ${REQUIRED_ACTIONS.map((action) => `dynamodb:${action}`).join(", ")} on the table and its index.`,
        );
      }
    },
    close: () => client.destroy(),
  };
}

/** With the names that the expressions use: any word may be a reserved one. */
function conditionInput({ condition, values = {} }: Condition, expression = "") {
  const names = [...`${condition} ${expression}`.matchAll(/#(\w+)/g)].map(([name, attribute]) => [
    name,
    attribute,
  ]);
  return {
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries(names) as Record<string, string>,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

/** What the role needs. */
const REQUIRED_ACTIONS = [
  "DescribeTable",
  "GetItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "Query",
  "Scan",
];

function createTableCommand(name: string, region: string): string {
  return `aws dynamodb create-table --region ${region} --table-name ${name} --billing-mode PAY_PER_REQUEST \\
  --attribute-definitions AttributeName=pk,AttributeType=S AttributeName=sk,AttributeType=S \\
    AttributeName=owner,AttributeType=S AttributeName=updated,AttributeType=S \\
  --key-schema AttributeName=pk,KeyType=HASH AttributeName=sk,KeyType=RANGE \\
  --global-secondary-indexes 'IndexName=${BY_OWNER},KeySchema=[{AttributeName=owner,KeyType=HASH},{AttributeName=updated,KeyType=RANGE}],Projection={ProjectionType=ALL}'
aws dynamodb wait table-exists --region ${region} --table-name ${name}
aws dynamodb update-time-to-live --region ${region} --table-name ${name} \\
  --time-to-live-specification Enabled=true,AttributeName=${EXPIRES}`;
}
