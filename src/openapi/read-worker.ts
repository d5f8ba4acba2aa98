/** The worker that reads a description. It gets the bytes of documents from the thread that started it. */
import type { DocumentSource, RootBytes } from "./document/source.ts";
import { packOperations, type SentBatch } from "./operation-batches.ts";
import { type DescriptionRequest, readFromSource } from "./read.ts";
import {
  fromSentError,
  type MessageFromWorker,
  type MessageToWorker,
  toSentError,
} from "./worker-messages.ts";

declare const self: Worker;

const pending = new Map<number, PromiseWithResolvers<RootBytes>>();
let batches: Generator<SentBatch> | undefined;

self.onmessage = ({ data }: MessageEvent<MessageToWorker>) => {
  switch (data.type) {
    case "read":
      void read(data.request);
      break;
    case "document":
      settle(data.id)?.resolve({ bytes: data.bytes, location: data.location });
      break;
    case "failed":
      settle(data.id)?.reject(fromSentError(data.failure));
      break;
    case "next":
      send({ type: "batch", batch: batches?.next().value });
  }
};

async function read(request: DescriptionRequest): Promise<void> {
  try {
    const { operations, ...description } = await readFromSource(request, source);
    batches = packOperations(operations);
    send({ type: "described", description });
  } catch (error) {
    send({ type: "error", failure: toSentError(error) });
  }
}

const source: DocumentSource = {
  readRoot: (address) => requestDocument((id) => send({ type: "readRoot", id, address })),
  async readReferenced(location, from, root) {
    const { bytes } = await requestDocument((id) =>
      send({ type: "readReferenced", id, location, from, root }),
    );
    return bytes;
  },
};

let lastId = 0;

function requestDocument(sendRequest: (id: number) => void): Promise<RootBytes> {
  lastId += 1;
  const answer = Promise.withResolvers<RootBytes>();
  pending.set(lastId, answer);
  sendRequest(lastId);
  return answer.promise;
}

function settle(id: number): PromiseWithResolvers<RootBytes> | undefined {
  const answer = pending.get(id);
  pending.delete(id);
  return answer;
}

function send(message: MessageFromWorker): void {
  self.postMessage(message);
}
