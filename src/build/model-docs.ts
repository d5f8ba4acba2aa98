/** Formats the model families as a table of the manual. */
import { capabilitiesOf } from "../model/capabilities.ts";
import { ROWS } from "../model/capabilities-table.ts";

/** Returns one row for each family, in the order of the capabilities table. */
export function formatModelsTable(): string {
  const rows = ROWS.map(({ prefix }) => {
    const { family, tools, images, documents, reasoning, cachePoints, contextTokens, price, endOfLife } =
      capabilitiesOf(prefix);
    const cells = [
      family,
      `\`${prefix}\``,
      tools,
      formatFlag(images),
      formatFlag(documents),
      formatFlag(reasoning !== "none"),
      formatFlag(cachePoints.length > 0),
      contextTokens.toLocaleString("en-US"),
      price === null ? "" : `${price.input} / ${price.output}`,
      endOfLife ?? "",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| family | model id begins with | tools | images | documents | reasoning | prompt cache | context | price in / out | end of life |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function formatFlag(isSupported: boolean): string {
  return isSupported ? "yes" : "";
}
