/** Searches knowledge bases of Amazon Bedrock with Retrieve. The AWS SDK is loaded on the first search. */
import { AppError } from "../../errors.ts";
import { isRecord } from "../bedrock/calls.ts";
import { toAppError } from "../bedrock/errors.ts";
import { toStreamError } from "./errors.ts";
import type { AgentJson, AgentOptions, AgentService } from "./types.ts";

export interface RetrievedPassage {
  readonly text: string;
  readonly source: string | undefined;
  readonly score: number | undefined;
}

/** The longest query that Retrieve accepts, in characters. */
const MAX_QUERY_LENGTH = 1000;
const PASSAGES = 5;

/** Searches one knowledge base. @throws AppError whose message is for the model. */
export type KnowledgeBaseSearch = (
  id: string,
  query: string,
  signal: AbortSignal,
) => Promise<readonly RetrievedPassage[]>;

export function createKnowledgeBaseSearch(options: AgentOptions): KnowledgeBaseSearch {
  let connecting: Promise<AgentService> | undefined;
  const service = () => {
    connecting ??= import("./service.ts").then(({ connect }) => connect(options));
    return connecting;
  };
  return async (id, query, signal) => {
    try {
      const results = await (await service()).retrieve(
        {
          knowledgeBaseId: id,
          retrievalQuery: { text: query.slice(0, MAX_QUERY_LENGTH) },
          retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: PASSAGES } },
        },
        signal,
      );
      return results.flatMap(readPassage);
    } catch (error) {
      throw describeFailure(error, id, options.region);
    }
  };
}

function readPassage({ content, location, score, metadata }: AgentJson): readonly RetrievedPassage[] {
  const text = isRecord(content) && typeof content.text === "string" ? content.text : "";
  if (text.trim() === "") return [];
  const source = readSource(location) ?? readSourceUri(metadata);
  return [{ text, source, score: typeof score === "number" ? score : undefined }];
}

/** Returns the address in a location, such as `{type: "S3", s3Location: {uri}}` or `{type: "WEB", webLocation: {url}}`. */
function readSource(location: unknown): string | undefined {
  if (!isRecord(location)) return undefined;
  for (const value of Object.values(location)) {
    if (!isRecord(value)) continue;
    const address = value.uri ?? value.url ?? value.id;
    if (typeof address === "string") return address;
  }
  return undefined;
}

function readSourceUri(metadata: unknown): string | undefined {
  const uri = isRecord(metadata) ? metadata["x-amz-bedrock-kb-source-uri"] : undefined;
  return typeof uri === "string" ? uri : undefined;
}

function describeFailure(error: unknown, id: string, region: string): unknown {
  const failure = toAppError(toStreamError(error), { model: `knowledge base ${id}`, region });
  if (!failure) return error;
  return new AppError(failure.code, "The knowledge base could not be searched.", {
    ...(failure.detail !== undefined && { detail: failure.detail }),
    retryable: failure.retryable,
    cause: failure.cause,
  });
}
