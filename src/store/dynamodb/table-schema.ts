/** The schema of the table, and the commands that create it. */
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { StartError } from "../../errors.ts";

/** The index of each owner's sessions, ordered by their last change. */
export const BY_OWNER = "by-owner";
/** The attribute with the time in seconds after which DynamoDB deletes an item. */
const EXPIRES = "expires";

/** The IAM actions that specchat needs. */
export const REQUIRED_ACTIONS = [
  "DescribeTable",
  "GetItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "Query",
  "Scan",
];

export function isExpectedSchema(table: TableDescription | undefined): boolean {
  const keys = table?.KeySchema?.map(({ AttributeName }) => AttributeName) ?? [];
  const indexes = table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName) ?? [];
  return keys.join() === "pk,sk" && indexes.includes(BY_OWNER);
}

export function unexpectedSchema(name: string, region: string): StartError {
  return new StartError(
    `The DynamoDB table ${name} in ${region} does not have the schema of specchat. Create it with\n\n${createTableCommand(name, region)}`,
  );
}

export function missingTable(name: string, region: string): StartError {
  const actions = REQUIRED_ACTIONS.map((action) => `dynamodb:${action}`).join(", ");
  return new StartError(
    `There is no DynamoDB table ${name} in ${region}. Create it with\n\n${createTableCommand(name, region)}\n\nThe role of specchat needs ${actions} on the table and its index.`,
  );
}

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
