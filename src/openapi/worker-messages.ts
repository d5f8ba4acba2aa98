/** The messages between the thread that serves people and the worker that reads a description. */
import { DocumentError } from "../errors.ts";
import type { SentBatch } from "./operation-batches.ts";
import type { DescriptionRequest } from "./read.ts";
import type { ApiDescription } from "./types.ts";

export type MessageToWorker =
  | { readonly type: "read"; readonly request: DescriptionRequest }
  /** The answer to a request for a document. */
  | {
      readonly type: "document";
      readonly id: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly location: string;
    }
  | { readonly type: "failed"; readonly id: number; readonly failure: SentError }
  /** Requests the next batch of operations. */
  | { readonly type: "next" };

export type MessageFromWorker =
  | { readonly type: "readRoot"; readonly id: number; readonly address: string }
  | {
      readonly type: "readReferenced";
      readonly id: number;
      readonly location: string;
      readonly from: string;
      readonly root: string;
    }
  | { readonly type: "described"; readonly description: Omit<ApiDescription, "operations"> }
  /** Undefined after the last batch. */
  | { readonly type: "batch"; readonly batch: SentBatch | undefined }
  | { readonly type: "error"; readonly failure: SentError };

/** An error as data. `source` is that of a DocumentError. */
export interface SentError {
  readonly message: string;
  readonly source?: string;
  readonly isUnreachable?: boolean;
}

export function toSentError(error: unknown): SentError {
  if (!(error instanceof DocumentError))
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const { message, source, isUnreachable } = error;
  return { message, source, isUnreachable };
}

export function fromSentError({ message, source, isUnreachable }: SentError): Error {
  if (source === undefined) return new Error(message);
  return new DocumentError(source, message.slice(`${source}: `.length), isUnreachable);
}
