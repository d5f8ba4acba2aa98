/**
 * The script of the frame in which Mermaid draws. Mermaid needs inline styles, which the policy of the page forbids. The policy of the
 * frame allows them and nothing else: no request, no inline script. See src/page/policy.ts.
 */
import mermaid from "mermaid";
import { purifySvg } from "./purify-svg.ts";
import { toTheme } from "./theme.ts";
import type { DiagramLook, DrawDiagram } from "./types.ts";

/** Characters of the code, and lines between boxes. More take seconds. */
const MAX_LENGTH = 20_000;
const MAX_EDGES = 300;

/** What a text must not choose: how safe and how it looks. */
const FIXED = [
  "secure",
  "securityLevel",
  "startOnLoad",
  "suppressErrorRendering",
  "maxTextSize",
  "maxEdges",
  "htmlLabels",
  "layout",
  "look",
  "theme",
  "themeCSS",
  "themeVariables",
  "darkMode",
  "fontFamily",
  "altFontFamily",
  "logLevel",
  "dompurifyConfig",
];

function configure({ colors, isDark }: DiagramLook): void {
  mermaid.initialize({
    startOnLoad: false,
    suppressErrorRendering: true,
    securityLevel: "strict",
    secure: FIXED,
    htmlLabels: false,
    // The other one is a megabyte more.
    layout: "dagre",
    maxTextSize: MAX_LENGTH,
    maxEdges: MAX_EDGES,
    logLevel: "fatal",
    theme: "base",
    darkMode: isDark,
    themeVariables: toTheme(colors, isDark),
    fontFamily: colors.font,
  });
}

/** Stands for the class of images: a diagram with a picture of another host is not drawn. */
class NoImage {
  constructor() {
    throw new Error("a diagram loads no pictures");
  }
}

let previous: Promise<unknown> = Promise.resolve();
let count = 0;

/** Draws one diagram after the other, because Mermaid has one configuration. */
const drawDiagram: DrawDiagram = (code, look) => {
  const drawn = previous.then(async () => {
    configure(look);
    count += 1;
    const { svg } = await mermaid.render(`diagram-${count}`, code);
    return purifySvg(svg);
  });
  previous = drawn.catch(() => document.body.replaceChildren());
  return drawn;
};

Object.assign(window, { drawDiagram, Image: NoImage });
