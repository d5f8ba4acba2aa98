import katex from "katex";

/**
 * Renders TeX into an element, as MathML that is built node by node. Commands that link, load or set HTML are off.
 * @throws ParseError when the text is not TeX.
 */
export function renderFormula(text: string, element: HTMLElement, isDisplay: boolean): void {
  katex.render(text, element, {
    output: "mathml",
    displayMode: isDisplay,
    throwOnError: true,
    strict: "ignore",
    trust: false,
    maxExpand: 100,
    maxSize: 20,
  });
}
