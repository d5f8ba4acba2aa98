/** Puts a button on a page of another site that opens the chat in a frame. The page of the chat is loaded when it is opened. */
import type { FrameMessage, HostMessage } from "./messages.ts";
import { STYLE } from "./style.ts";

/** What a page can set in `window.specchat`, before or after this script, and what it can call. */
interface WidgetApi {
  /** Returns a token of the person for the server of the chat, or null if nobody is signed in. */
  token?: () => string | null | Promise<string | null>;
  open?: () => void;
  close?: () => void;
  toggle?: () => void;
  /** Call it when the person has signed in or out: the chat asks for the token again. */
  reload?: () => void;
}

declare global {
  interface Window {
    specchat?: WidgetApi;
  }
}

const SVG = "http://www.w3.org/2000/svg";
const BUBBLE = "M6 3h12a4 4 0 0 1 4 4v7a4 4 0 0 1-4 4h-6.5L7 22v-4H6a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4z";
const CROSS = "M6 6l12 12M18 6L6 18";

const script = document.currentScript;
if (script instanceof HTMLScriptElement && document.querySelector("specchat-widget") === null) {
  if (document.body === null) addEventListener("DOMContentLoaded", () => addWidget(script));
  else addWidget(script);
}

function addWidget({ src, dataset }: HTMLScriptElement): void {
  const { label = "Chat", position } = dataset;
  const { element, root, panel, button, dot, shape } = createElements(label, position === "start");
  const url = new URL(src.replace(/\/widget\.js.*$/, ""));
  let frame: HTMLIFrameElement | undefined;

  /** Sends to the page of the chat once it listens. */
  const send = (message: HostMessage) => {
    if (panel.classList.contains("ready")) frame?.contentWindow?.postMessage(message, url.origin);
  };

  function show(isShown: boolean): void {
    if (isShown && frame === undefined) {
      frame = document.createElement("iframe");
      url.search = new URLSearchParams(parametersOf(element, dataset)).toString();
      frame.src = url.href;
      frame.title = label;
      frame.allow = "clipboard-write; fullscreen";
      panel.append(frame);
    }
    const hadFocus = root.activeElement === frame;
    panel.hidden = !isShown;
    button.setAttribute("aria-expanded", String(isShown));
    shape.setAttribute("d", isShown ? CROSS : BUBBLE);
    send({ specchat: isShown ? "shown" : "hidden" });
    if (isShown) frame?.focus();
    else if (hadFocus) button.focus();
  }

  async function sendToken(id: number): Promise<void> {
    // A failure of the page's own function counts as nobody: the chat must not use the token of an earlier person.
    const token = await Promise.resolve()
      .then(() => window.specchat?.token?.())
      .catch(() => null);
    send({ specchat: "token", id, token });
  }

  addEventListener("message", ({ source, origin, data }: MessageEvent<FrameMessage | null>) => {
    if (frame === undefined || source !== frame.contentWindow || origin !== url.origin) return;
    if (data?.specchat === "close") show(false);
    if (data?.specchat === "token") void sendToken(data.id);
    if (data?.specchat === "waiting") {
      dot.className = data.waiting ?? "";
      button.setAttribute("aria-label", data.waiting ? `${label} · ${data.text}` : label);
    }
    if (data?.specchat !== "ready") return;
    panel.classList.add("ready");
    send({ specchat: panel.hidden ? "hidden" : "shown" });
  });
  button.addEventListener("click", () => show(panel.hidden === true));
  root.addEventListener("keydown", (event) => {
    if (event instanceof KeyboardEvent && event.key === "Escape" && !panel.hidden) show(false);
  });
  show(false);

  window.specchat = Object.assign(window.specchat ?? {}, {
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(panel.hidden === true),
    reload: () => send({ specchat: "reload" }),
  });
}

/** Returns the parameters of the page in the frame: who is around it, and how it looks. */
function parametersOf(element: Element, { language, theme }: DOMStringMap): Record<string, string> {
  const accent = getComputedStyle(element).getPropertyValue("--specchat-accent").trim();
  return {
    embed: "1",
    host: location.origin,
    ...(accent !== "" && { accent }),
    ...(language !== undefined && { language }),
    ...(theme !== undefined && { theme }),
  };
}

/** Creates the button and the panel, apart from the styles and the scripts of the page. */
function createElements(label: string, isAtStart: boolean) {
  const element = document.createElement("specchat-widget");
  const root = element.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  root.adoptedStyleSheets = [style];

  const panel = document.createElement("section");
  panel.hidden = true;
  panel.id = "panel";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", label);
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-controls", "panel");
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const shape = icon.appendChild(document.createElementNS(SVG, "path"));
  const dot = document.createElement("i");
  button.append(icon, dot);
  if (isAtStart) for (const part of [panel, button]) part.classList.add("start");
  root.append(panel, button);
  document.body.append(element);
  return { element, root, panel, button, dot, shape };
}
