/** The page in a frame of another page. With `host` in its address, `widget.js` is there, which opens and closes the frame. */
import type { FrameMessage, HostMessage } from "../widget/messages.ts";
import { focusComposer } from "./focus.ts";

/** Milliseconds that the page around has to answer. */
const TOKEN_TIMEOUT_MS = 10_000;

const parameters = new URLSearchParams(globalThis.location?.search);
const hostOrigin = parameters.get("host");

/** Whether the page is in a frame. */
export const isEmbedded = parameters.has("embed");

/** Whether `widget.js` is around the page. */
export const hasWidget = isEmbedded && hostOrigin !== null && URL.parse(hostOrigin)?.origin === hostOrigin;

/** What the page around has chosen. */
export const hostLook = {
  language: parameters.get("language") ?? undefined,
  /** `light` or `dark`. */
  theme: parameters.get("theme"),
  /** A colour of CSS. */
  accent: parameters.get("accent"),
};

/** What `widget.js` has done with the frame, which goes on when it is closed. */
export const frame = { isClosed: false, onToggle: () => {} };

/** Shows on the button of `widget.js` what waits for the person, with its name in the person's language. */
export function sendWaiting(waiting: "approval" | "reply" | undefined, text: string): void {
  send({ specchat: "waiting", waiting, text });
}

const waiting = new Map<number, (token: string | null | undefined) => void>();

/** Sends to the page around only. The browser drops the message if that has another origin than it says. */
function send(message: FrameMessage): void {
  if (hasWidget && hostOrigin !== null) window.parent.postMessage(message, hostOrigin);
}

/** Begins to listen to the page around. The Content-Security-Policy lets only allowed origins be that page. */
export function connectWidget(): void {
  if (!hasWidget) return;
  window.addEventListener("message", ({ source, origin, data }: MessageEvent<HostMessage | null>) => {
    if (source === window.parent && origin === hostOrigin && data !== null) receive(data);
  });
  send({ specchat: "ready" });
}

function receive(message: HostMessage): void {
  if (message.specchat === "shown" || message.specchat === "hidden") {
    frame.isClosed = message.specchat === "hidden";
    frame.onToggle();
    if (!frame.isClosed) focusComposer();
  }
  if (message.specchat === "reload") location.reload();
  if (message.specchat !== "token") return;
  waiting.get(message.id)?.(message.token);
  waiting.delete(message.id);
}

/** Asks `widget.js` to close the frame. */
export function closeFrame(): void {
  send({ specchat: "close" });
}

/** Asks the page around for the token of the person. Null: nobody is signed in. Undefined: it has no tokens. */
export function requestToken(): Promise<string | null | undefined> {
  if (!hasWidget) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const id = waiting.size === 0 ? 1 : Math.max(...waiting.keys()) + 1;
    const timer = setTimeout(() => resolve(undefined), TOKEN_TIMEOUT_MS);
    waiting.set(id, (token) => {
      clearTimeout(timer);
      resolve(typeof token === "string" || token === null ? token : undefined);
    });
    send({ specchat: "token", id });
  });
}
