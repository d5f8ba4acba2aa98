/** Finds the links of Markdown pages whose file or heading does not exist. */
import { stat } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { renderHtml } from "../../src/manual/markdown.ts";

export const root = `${import.meta.dir}/../..`;

export interface Link {
  readonly from: string;
  readonly href: string;
}

/** Returns the links of a page, images included. Links in code are ignored. */
export function linksOf(from: string, markdown: string): readonly Link[] {
  const html = renderHtml(markdown);
  return [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, href = ""]) => ({ from, href }));
}

function idsOf(markdown: string): readonly string[] {
  return [...renderHtml(markdown).matchAll(/<h\d id="([^"]*)"/g)].map(([, id = ""]) => id);
}

/** Returns the links whose file or heading does not exist. */
export async function findBrokenLinks(links: readonly Link[]): Promise<readonly string[]> {
  const broken = await Promise.all(
    links
      .filter(({ href }) => !/^https?:/.test(href))
      .map(async ({ from, href }) => {
        const [path = "", id] = href.split("#");
        const target = normalize(path === "" ? from : join(dirname(from), path));
        if (!(await exists(target))) return `${from}: ${href}`;
        if (id === undefined) return undefined;
        return idsOf(await Bun.file(`${root}/${target}`).text()).includes(id)
          ? undefined
          : `${from}: ${href}`;
      }),
  );
  return broken.filter((link) => link !== undefined);
}

/** Returns whether a file or folder exists. `path` is relative to the root of the repository. */
export async function exists(path: string): Promise<boolean> {
  return stat(`${root}/${path}`).then(
    () => true,
    () => false,
  );
}
