/** The request of a client that keeps the history: it sends the whole conversation each time. */
import type { Decision, ToolCall } from "../chat/types.ts";
import type { ToolChoice } from "../model/types.ts";
import type { FileContent } from "../tools/types.ts";
import type { ClientTool } from "./client-tools.ts";
import type { OutputFormat } from "./structured-output.ts";

/** A file that the server fetches before the turn. `label` names it in errors. */
export interface RemoteFile {
  /** An `http:` or `https:` URL. */
  readonly url: string;
  readonly label: string;
  readonly name?: string | undefined;
}

/** A file that is decoded before the turn. `label` names it in errors. */
export interface EncodedFile {
  readonly base64: string;
  readonly mediaType: string;
  readonly label: string;
  readonly name: string;
}

export type ClientFile = FileContent | RemoteFile | EncodedFile;

export type ClientMessage<File = ClientFile> =
  | { readonly role: "user"; readonly text: string; readonly files: readonly File[] }
  | { readonly role: "assistant"; readonly text: string; readonly calls: readonly ToolCall[] }
  | {
      readonly role: "result";
      readonly callId: string;
      readonly content: string;
      readonly status: "ok" | "failed";
      /** The model gets the first one. */
      readonly files?: readonly File[];
    };

/** The last message is a user message, or the results of the calls before it. */
export interface StatelessRequest {
  readonly messages: readonly ClientMessage[];
  /** The client's system messages. */
  readonly instructions: readonly string[];
  /** The tools that the client runs. */
  readonly tools?: readonly ClientTool[] | undefined;
  /** Switches all tools off. */
  readonly withoutTools?: boolean;
  readonly toolChoice?: ToolChoice | undefined;
  /** The format of the reply. Default: text. */
  readonly output?: OutputFormat | undefined;
  /** The client's history lacks the calls that the server ran. */
  readonly omitsServerCalls?: boolean;
  /** Decisions on the last calls that have no result yet. */
  readonly decisions?: readonly Decision[];
  readonly model?: string | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly stopSequences?: readonly string[] | undefined;
}
