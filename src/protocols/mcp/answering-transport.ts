/** A transport of a session that can answer the requests which are still open when the session ends. */
import {
  isJSONRPCRequest,
  type JSONRPCMessage,
  type RequestId,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";

export class AnsweringTransport extends WebStandardStreamableHTTPServerTransport {
  readonly #openRequests = new Set<RequestId>();

  /** Notices the requests that arrive. Called once a server is connected. */
  watchRequests(): void {
    const { onmessage } = this;
    this.onmessage = (message, extra) => {
      if (isJSONRPCRequest(message)) this.#openRequests.add(message.id);
      onmessage?.(message, extra);
    };
  }

  override async send(
    message: JSONRPCMessage,
    options?: Parameters<WebStandardStreamableHTTPServerTransport["send"]>[1],
  ): Promise<void> {
    if (!("method" in message) && message.id !== undefined) this.#openRequests.delete(message.id);
    await super.send(message, options);
  }

  /** Answers every open request with an error. Clients wait for a response after their stream has ended. */
  async refuseOpenRequests(message: string): Promise<void> {
    const error = { code: -32000, message };
    const answers = [...this.#openRequests].map((id) => this.send({ jsonrpc: "2.0", id, error }));
    await Promise.allSettled(answers);
  }
}
