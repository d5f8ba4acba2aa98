import type { DiagramPicture } from "./types.ts";

/** Elements that only draw. */
const ELEMENTS = new Set(
  (
    "svg g defs style title desc path rect circle ellipse line polyline polygon text tspan textpath marker symbol use " +
    "clippath mask pattern filter fedropshadow fegaussianblur feoffset feflood fecomposite femerge femergenode " +
    "lineargradient radialgradient stop"
  ).split(" "),
);

/** The largest width and height of a picture. */
const MAX_SIZE = 8_000;

/**
 * Returns a drawing without anything that runs, loads or links: the person may save it and open it elsewhere.
 * @throws Error for a text that is no SVG, or that has its words in elements of HTML.
 */
export function purifySvg(text: string): DiagramPicture {
  const root = new DOMParser().parseFromString(toXml(text), "image/svg+xml").documentElement;
  if (root.localName !== "svg" || root.querySelector("parsererror, foreignObject") !== null)
    throw new Error("the diagram is no SVG");
  purify(root);
  const { width, height } = readSize(root);
  root.removeAttribute("style");
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  return { svg: new XMLSerializer().serializeToString(root), width, height };
}

/** Makes XML of what is HTML: links have a prefix that is not declared, and a space has a name that XML does not know. */
function toXml(html: string): string {
  const text = html.replaceAll("&nbsp;", "&#160;");
  return text.includes("xmlns:xlink=")
    ? text
    : text.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ');
}

function purify(element: Element): void {
  for (const child of [...element.children]) {
    if (child.localName === "a") child.replaceWith(toGroup(child));
    else if (!ELEMENTS.has(child.localName.toLowerCase())) child.remove();
  }
  for (const child of element.children) purify(child);
  if (element.localName === "style") element.textContent = purifyStyle(element.textContent ?? "");
  for (const { name, value } of [...element.attributes])
    if (!isInert(name, value)) element.removeAttribute(name);
}

/** Returns a group that draws what a link draws. */
function toGroup(link: Element): Element {
  const group = link.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "g");
  for (const name of ["transform", "class", "style"]) {
    const value = link.getAttribute(name);
    if (value !== null) group.setAttribute(name, value);
  }
  group.append(...link.childNodes);
  return group;
}

/** Removes what could load something. */
function purifyStyle(css: string): string {
  return css
    .replace(/@import[^;]*(?:;|$)/gi, "")
    .replace(/\\[\s\S]?/g, "")
    .replace(EXTERNAL, "none");
}

const EXTERNAL = /(?:url|image-set|image|src|element)\s*\((?!\s*["']?#)[^)]*\)?/gi;

function isInert(name: string, value: string): boolean {
  if (/^on/i.test(name)) return false;
  if (/(?:^|:)(?:href|src)$/i.test(name)) return value.trim().startsWith("#");
  return SHAPES.test(name) || value === purifyStyle(value);
}

/** Attributes that no style reads. */
const SHAPES = /^(?:d|points|id|class|xmlns|xmlns:\w+|aria-[\w-]+)$/;

function readSize(root: Element): { readonly width: number; readonly height: number } {
  const [, , width = 0, height = 0] = (root.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (!(width > 0 && height > 0)) throw new Error("the diagram has no size");
  const scale = Math.min(1, MAX_SIZE / Math.max(width, height));
  return { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
}
