/** What a model can read: tokens by its family, files by Converse's own rules. */
import type { Capabilities } from "../capabilities.ts";
import type { ModelLimits } from "../types.ts";

/** The API's documentation of ImageBlock and DocumentBlock, per request. */
const IMAGES = { count: 20, bytes: 3_750_000, pixels: 8000 };
const DOCUMENTS = { count: 5, bytes: 4_500_000 };
/** Claude counts documents among the images. */
const FILES = 20;
/** A body may have 25,000,000 bytes, a third of which base64 takes for itself, and there is more in it. */
const FILE_BYTES = 15_000_000;

export function limitsOf({ contextTokens, maxOutputTokens, images, documents }: Capabilities): ModelLimits {
  return {
    contextTokens,
    maxOutputTokens,
    files: {
      images: images ? IMAGES : undefined,
      documents: documents ? DOCUMENTS : undefined,
      count: FILES,
      bytes: FILE_BYTES,
    },
  };
}
