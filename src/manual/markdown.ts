/** Code from this length on may break over lines; shorter code stays in one piece. */
const LONG_CODE = 30;

/** Renders Markdown. Headings have ids, tables scroll on narrow screens. */
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
