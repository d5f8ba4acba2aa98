/** Renders the Markdown of the manual as HTML. */

/** Inline code of this length or longer may wrap, shorter code may not. */
const LONG_CODE = 30;

/** Returns HTML. Headings have ids, and tables scroll on narrow screens. */
export function renderHtml(markdown: string): string {
  return Bun.markdown
    .html(markdown, { headings: { ids: true } })
    .replace(/<code>([^<]*)<\/code>/g, (code, text: string) =>
      text.length < LONG_CODE ? code : `<code class="long">${text}</code>`,
    )
    .replace(/<td>.*?<\/td>/gs, (cell) => cell.replace(/(?<=<code[^>]*>[^<]*[_.])(?=\w)/g, "<wbr>"))
    .replaceAll("<table>", '<div class="scroll" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
}
