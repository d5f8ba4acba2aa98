/** Sends the events of a reply as an event stream, and injects faults. */
import type { ServerResponse } from "node:http";
import type { StreamEvent } from "./events.ts";
import { eventFrame, exceptionFrame } from "./frames.ts";
import type { Fault, Reply } from "./reply.ts";
import { resetConnection } from "./reset.ts";

/** One event per write, all events in one write, or writes of a number of bytes regardless of frame boundaries. */
export type Chunking = "event" | "joined" | { readonly bytes: number };

/** Sends the events up to the scripted fault. Resolves when the stand-in has finished with the response. */
export async function sendStream(
  response: ServerResponse,
  reply: Reply,
  events: readonly StreamEvent[],
  chunking: Chunking,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-requestid": crypto.randomUUID(),
  });
  response.flushHeaders();
  const intactEvents = events.slice(0, countIntactEvents(reply, events));
  const frames = intactEvents.map((event) => eventFrame(event.type, event.payload));
  if (reply.beforeEvent) {
    for (const [index, frame] of frames.entries()) {
      await reply.beforeEvent(index);
      await write(response, frame, chunking);
    }
  } else if (chunking === "event") {
    for (const frame of frames) await write(response, frame, chunking);
  } else {
    await write(response, concatenate(frames), chunking);
  }
  if (!reply.fault) return void response.end();
  await injectFault(response, reply.fault.kind, events[intactEvents.length]);
}

function countIntactEvents(reply: Reply, events: readonly StreamEvent[]): number {
  if (!reply.fault) return events.length;
  return reply.fault.after === "deltas"
    ? events.findIndex((event) => event.type === "messageStop")
    : reply.fault.after;
}

async function injectFault(
  response: ServerResponse,
  fault: Fault,
  next: StreamEvent | undefined,
): Promise<void> {
  const frame = eventFrame(
    next?.type ?? "contentBlockDelta",
    next?.payload ?? { contentBlockIndex: 0, delta: { text: "…" } },
  );
  if (typeof fault === "object") {
    await write(
      response,
      exceptionFrame(fault.exception, { message: fault.message, ...fault.fields }),
      "event",
    );
    response.end();
  } else if (fault === "reset") {
    await resetConnection(response);
  } else if (fault === "clean_end") {
    response.end();
  } else if (fault === "half_frame") {
    await write(response, frame.subarray(0, Math.floor(frame.length / 2)), "event");
    response.end();
  } else if (fault === "bad_crc") {
    const damaged = frame.slice();
    const at = damaged.length - 10;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    await write(response, damaged, "event");
    response.end();
  }
}

async function write(response: ServerResponse, bytes: Uint8Array, chunking: Chunking): Promise<void> {
  const size = typeof chunking === "object" ? chunking.bytes : bytes.length;
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function concatenate(frames: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(frames));
}
