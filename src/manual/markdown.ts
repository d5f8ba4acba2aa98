/** Renders Markdown. Headings have ids, tables scroll on narrow screens. */
export function renderHtml(markdown: string): string {
  return Bun.markdown
    .html(markdown, { headings: { ids: true } })
    .replaceAll("<table>", '<div class="scroll" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
}
