/** Derives the limits of a model: tokens from its capabilities, files from the rules of Converse. */
import type { Capabilities } from "../capabilities.ts";
import type { ModelLimits } from "../types.ts";

/** Limits per request, from the API documentation of ImageBlock and DocumentBlock. */
const IMAGE_LIMITS = { count: 20, bytes: 3_750_000, pixels: 8000 };
const DOCUMENT_LIMITS = { count: 5, bytes: 4_500_000 };
/** The maximum number of files: Claude counts documents as images. */
const MAX_FILES = 20;
/**
 * The maximum size of all files. A body is limited to 25,000,000 bytes; base64 adds a third, and text needs the rest.
 */
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
