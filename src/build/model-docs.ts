/** The model families as a table of the manual, from the table of capabilities. */
import { capabilitiesOf } from "../model/capabilities.ts";
import { ROWS } from "../model/capabilities-table.ts";

/** One row for each family, in the order of the table of capabilities. */
export function formatModelsTable(): string {
  const rows = ROWS.map(({ prefix }) => {
    const { family, tools, images, documents, reasoning, cachePoints, contextTokens, price, retired } =
      capabilitiesOf(prefix);
    const cells = [
      family,
      `\`${prefix}\``,
      tools,
      yes(images),
      yes(documents),
      yes(reasoning !== "none"),
      yes(cachePoints.length > 0),
      contextTokens.toLocaleString("en-US"),
      price === null ? "" : `${price.input} / ${price.output}`,
      retired ?? "",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| family | model id begins with | tools | images | documents | reasoning | prompt cache | context | price in / out | end of life |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function yes(is: boolean): string {
  return is ? "yes" : "";
}
