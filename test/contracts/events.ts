/** Reads server-sent events as the client of the langchain protocol does: lines cut at `\n`, trimmed, with a space after the colon. */
export interface ServerSentEvent {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON of the server; tests compare it.
  readonly data: any;
}

export async function* readEvents(response: Response): AsyncGenerator<ServerSentEvent, void> {
  let remainder = "";
  let event = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (remainder + text).split("\n");
    remainder = lines.pop() ?? "";
    for (const line of lines.map((line) => line.trim())) {
      if (line.startsWith("event: ")) event = line.slice("event: ".length);
      else if (line.startsWith("data: ")) yield { event, data: JSON.parse(line.slice("data: ".length)) };
    }
  }
}
