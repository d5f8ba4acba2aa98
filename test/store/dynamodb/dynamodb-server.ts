/** Starts dynalite, a local DynamoDB, on a free port of the loopback interface, and creates tables as the README says. */
import type { AddressInfo } from "node:net";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";

export const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };

export interface DynamoServer {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Creates a table. `index` is the name of its index, `by-owner` by default. */
  createTable(name: string, index?: string): Promise<void>;
  deleteTable(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startDynamo(): Promise<DynamoServer> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ region: "us-east-1", endpoint, credentials: CREDENTIALS });

  async function statusOf(TableName: string): Promise<string | undefined> {
    try {
      return (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return "gone";
      throw error;
    }
  }

  return {
    endpoint,
    client,
    async createTable(TableName, IndexName = "by-owner") {
      const key = (hash: string, range: string) => [
        { AttributeName: hash, KeyType: "HASH" as const },
        { AttributeName: range, KeyType: "RANGE" as const },
      ];
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: ["pk", "sk", "owner", "updated"].map((AttributeName) => ({
            AttributeName,
            AttributeType: "S",
          })),
          KeySchema: key("pk", "sk"),
          GlobalSecondaryIndexes: [
            {
              IndexName,
              KeySchema: key("owner", "updated"),
              Projection: { ProjectionType: "ALL" },
            },
          ],
        }),
      );
      while ((await statusOf(TableName)) !== "ACTIVE") await Bun.sleep(5);
    },
    async deleteTable(TableName) {
      await client.send(new DeleteTableCommand({ TableName }));
      while ((await statusOf(TableName)) !== "gone") await Bun.sleep(5);
    },
    async stop() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
