/**
 * A stand-in for the knowledge bases of Amazon Bedrock in tests: Retrieve, strict about its inputs and signatures. Answers
 * with the script, in order; `requests` records all requests.
 */
import { createServer } from "node:http";
import { parseJson } from "../../src/json.ts";
import { checkAuthorization } from "./authorization.ts";
import { isRecord, type Json, type Refusal, validationError } from "./refusal.ts";

export interface RetrieveRequest {
  readonly knowledgeBaseId: string;
  readonly body: Json;
  readonly refusal: Refusal | undefined;
}

export interface KnowledgeBaseStandIn {
  readonly url: string;
  readonly requests: readonly RetrieveRequest[];
  /** The `retrievalResults` of each response, or an error. */
  script(responses: readonly (readonly Json[] | Refusal)[]): void;
  stop(): Promise<void>;
}

export async function startKnowledgeBase(): Promise<KnowledgeBaseStandIn> {
  const requests: RetrieveRequest[] = [];
  let script: (readonly Json[] | Refusal)[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const headers = new Headers(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    );
    const [, id = ""] = /^\/knowledgebases\/([^/]+)\/retrieve$/.exec(incoming.url ?? "") ?? [];
    const parsed = parseJson(bytes.toString("utf8"));
    const body = isRecord(parsed) ? parsed : {};
    const signed = { method: incoming.method ?? "", url: incoming.url ?? "", headers, body: bytes };
    const refusal = checkAuthorization(signed, undefined) ?? checkRetrieve(id, body);
    requests.push({ knowledgeBaseId: id, body, refusal });
    const scripted = refusal ?? script.shift() ?? validationError("The script is exhausted.");
    const isError = "status" in scripted;
    response.writeHead(isError ? scripted.status : 200, {
      "content-type": "application/json",
      ...(isError && { "x-amzn-errortype": scripted.type }),
    });
    response.end(JSON.stringify(isError ? { message: scripted.message } : { retrievalResults: scripted }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    requests,
    script(responses) {
      script = [...responses];
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Checks the constraints of the service model. */
function checkRetrieve(id: string, body: Json): Refusal | undefined {
  if (!/^[0-9a-zA-Z]{1,10}$/.test(id))
    return validationError(
      `1 validation error detected: Value '${id}' at 'knowledgeBaseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-zA-Z]+`,
    );
  const known = ["retrievalQuery", "retrievalConfiguration", "guardrailConfiguration", "nextToken"];
  const unknown = Object.keys(body).find((key) => !known.includes(key));
  if (unknown !== undefined) return validationError(`Unexpected field type: ${unknown}`);
  const text = isRecord(body.retrievalQuery) ? body.retrievalQuery.text : undefined;
  if (typeof text !== "string" || text.length > 1000)
    return validationError("retrievalQuery.text must have at most 1,000 characters.");
  const configuration = isRecord(body.retrievalConfiguration) ? body.retrievalConfiguration : {};
  const search = configuration.vectorSearchConfiguration;
  const count = isRecord(search) ? Number(search.numberOfResults ?? 5) : 5;
  return count >= 1 && count <= 100 ? undefined : validationError("numberOfResults must be from 1 to 100.");
}
