/** Draws diagrams in a hidden frame, which is made with the first one. */
import { readColors } from "../../browser/colors.ts";
import type { DiagramPicture, DrawDiagram } from "./types.ts";

/** Milliseconds for the frame and its script to load. */
const LOAD_TIMEOUT_MS = 30_000;

/** Pictures that are kept: the list of messages unmounts those that are out of sight. */
const MAX_KEPT = 50;

const kept = new Map<string, Promise<DiagramPicture>>();
let frame: Promise<DrawDiagram> | undefined;

/** Draws a diagram, or returns the picture that is known. Rejects if it cannot be drawn. */
export function drawOnce(code: string, theme: string): Promise<DiagramPicture> {
  const key = `${theme}\n${code}`;
  const picture = kept.get(key) ?? draw(code, theme);
  kept.delete(key);
  kept.set(key, picture);
  for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest);
  return picture;
}

async function draw(code: string, theme: string): Promise<DiagramPicture> {
  frame ??= openFrame().catch((error) => {
    // The next diagram tries again.
    frame = undefined;
    throw error;
  });
  const drawInFrame = await frame;
  return drawInFrame(code, { colors: readColors(), isDark: theme === "dark" });
}

function openFrame(): Promise<DrawDiagram> {
  const element = document.createElement("iframe");
  element.className = "diagram-frame";
  element.tabIndex = -1;
  element.setAttribute("aria-hidden", "true");
  element.src = new URL("./diagrams/frame.html", import.meta.url).href;
  return new Promise<DrawDiagram>((resolve, reject) => {
    const fail = () => {
      element.remove();
      reject(new Error("the frame for diagrams did not load"));
    };
    const timer = setTimeout(fail, LOAD_TIMEOUT_MS);
    element.addEventListener("load", () => {
      clearTimeout(timer);
      const draw = readDrawDiagram(element);
      if (draw === undefined) fail();
      else resolve(draw);
    });
    document.body.append(element);
  });
}

function readDrawDiagram({ contentWindow }: HTMLIFrameElement): DrawDiagram | undefined {
  try {
    return (contentWindow as { readonly drawDiagram?: DrawDiagram } | null)?.drawDiagram;
  } catch {
    // The error page of the browser has another origin.
    return undefined;
  }
}
