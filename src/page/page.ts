/** Serves the files of the page from memory. */
import { brotliCompressSync, constants } from "node:zlib";
import type { BuiltFile } from "./bundle.ts";
import { DIAGRAM_FRAME, DIAGRAMS, ICONS, WIDGET } from "./file-names.ts";
import { MANIFEST } from "./manifest.ts";
import { type PageValues, renderIndex } from "./render.ts";
import type { Asset, Page, Representation } from "./types.ts";

/** Files whose names others know. They change without a new name. */
const UNHASHED: readonly string[] = ["", DIAGRAM_FRAME, WIDGET, MANIFEST, ...ICONS];

/** Functions that build or read files. */
interface Builders {
  readonly page: () => Promise<readonly BuiltFile[]>;
  /** The files below `diagrams/`, which most visitors do not need. */
  readonly diagrams: () => Promise<readonly BuiltFile[]>;
}

/** Creates the page. The first request builds it; the next request retries a failed build. */
export function createPage(builders: Builders, values: PageValues): Page {
  const page = buildOnce(builders.page, values);
  const diagrams = buildOnce(builders.diagrams, values);
  return async (path) => (await (path.startsWith(DIAGRAMS) ? diagrams() : page())).get(path);
}

function buildOnce(
  build: () => Promise<readonly BuiltFile[]>,
  values: PageValues,
): () => Promise<ReadonlyMap<string, Asset>> {
  let assetsPromise: Promise<ReadonlyMap<string, Asset>> | undefined;

  async function buildAssets(): Promise<ReadonlyMap<string, Asset>> {
    const files = await build();
    return new Map(files.map((file) => [file.path, createAsset(file, values)]));
  }

  return async () => {
    assetsPromise ??= buildAssets();
    try {
      return await assetsPromise;
    } catch (error) {
      assetsPromise = undefined;
      throw error;
    }
  };
}

function createAsset({ path, contentType, body, brotli }: BuiltFile, values: PageValues): Asset {
  const content = path === "" && typeof body === "string" ? renderIndex(body, values) : body;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("base64url").slice(0, 22);
  const compressed = new Map<string, Representation>();
  return {
    body: bytes,
    contentType,
    etag: `"${hash}"`,
    immutable: !UNHASHED.includes(path),
    compress(coding) {
      // Fonts are already compressed.
      if (typeof body !== "string") return undefined;
      const known = compressed.get(coding);
      const encode = () => (coding === "br" ? (brotli ?? compressBrotli(bytes)) : Bun.gzipSync(bytes));
      const representation = known ?? { body: encode(), etag: `"${hash}-${coding}"` };
      compressed.set(coding, representation);
      return representation;
    },
  };
}

/** Compresses in milliseconds, a tenth larger than the files that the executable contains. */
function compressBrotli(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }));
}
