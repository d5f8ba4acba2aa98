/** Reads the width and height of an image from its header. */
import type { FileContents } from "../chat/attachments/types.ts";

/** Size in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Returns undefined when the header is damaged or the image is empty. */
export function readImageSize(
  bytes: Uint8Array,
  format: Extract<FileContents, { kind: "image" }>["format"],
): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    const size = SIZE_READERS[format](view);
    return size && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Readers by format. Each throws a RangeError when the bytes end too early. */
const SIZE_READERS = { png: readPngSize, jpeg: readJpegSize, gif: readGifSize, webp: readWebpSize };

/** Reads IHDR, the first chunk: PNG, 11.2.1. */
function readPngSize(view: DataView): ImageSize | undefined {
  if (readTag(view, 12) !== "IHDR") return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Reads the logical screen descriptor: GIF89a, 18. */
function readGifSize(view: DataView): ImageSize {
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Skips segments up to the start of frame, which has the size: ITU-T T.81, B.2. */
function readJpegSize(view: DataView): ImageSize | undefined {
  let offset = 2;
  for (;;) {
    if (view.getUint8(offset) !== 0xff) return undefined;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) offset += 1;
    else if (isStartOfFrame(marker))
      return { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) };
    else if (marker === 0xd9 || marker === 0xda) return undefined;
    else offset += 2 + (isStandalone(marker) ? 0 : view.getUint16(offset + 2));
  }
}

/** Returns whether a marker is SOF0 to SOF15. DHT, JPG and DAC have numbers in the same range. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Returns whether a marker has no segment: TEM, RST0 to RST7 and SOI. */
function isStandalone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/** Reads the header of a lossy, lossless or extended file: RFC 9649. */
function readWebpSize(view: DataView): ImageSize | undefined {
  switch (readTag(view, 12)) {
    case "VP8 ":
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { width: readUint24(view, 24) + 1, height: readUint24(view, 27) + 1 };
    default:
      return undefined;
  }
}

function readUint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
}

function readTag(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(offset + index)));
}
