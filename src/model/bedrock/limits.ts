/** What a model can read: tokens by its family, files by Converse's own rules. */
import type { Capabilities } from "../capabilities.ts";
import type { ModelLimits } from "../types.ts";

/** The API's documentation of ImageBlock and DocumentBlock, per request. */
const IMAGE_LIMITS = { count: 20, bytes: 3_750_000, pixels: 8000 };
const DOCUMENT_LIMITS = { count: 5, bytes: 4_500_000 };
/** Claude counts documents among the images. */
const MAX_FILES = 20;
/** A body may have 25,000,000 bytes, a third of which base64 takes for itself, and there is more in it. */
const MAX_FILE_BYTES = 15_000_000;

export function limitsOf({ contextTokens, maxOutputTokens, images, documents }: Capabilities): ModelLimits {
  return {
    contextTokens,
    maxOutputTokens,
    files: {
      images: images ? IMAGE_LIMITS : undefined,
      documents: documents ? DOCUMENT_LIMITS : undefined,
      count: MAX_FILES,
      bytes: MAX_FILE_BYTES,
    },
  };
}
