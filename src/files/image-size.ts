/** Width and height of an image, from its header. Undefined: the header is damaged. */
import type { FileContents } from "../chat/attachments/types.ts";

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

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

/** Each throws a RangeError where the bytes end too early. */
const SIZE_READERS = { png: readPngSize, jpeg: readJpegSize, gif: readGifSize, webp: readWebpSize };

/** PNG, 11.2.1: IHDR is the first chunk. */
function readPngSize(view: DataView): ImageSize | undefined {
  if (readTag(view, 12) !== "IHDR") return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** GIF89a, 18: the logical screen. */
function readGifSize(view: DataView): ImageSize {
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** ITU-T T.81, B.2: segments up to the start of a frame, which tells its size. */
function readJpegSize(view: DataView): ImageSize | undefined {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (isStartOfFrame(marker)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else if (marker === 0xd9 || marker === 0xda) return undefined;
    else at += 2 + (isStandalone(marker) ? 0 : view.getUint16(at + 2));
  }
}

/** SOF0 to SOF15; DHT, JPG and DAC stand among them. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function isStandalone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/** RFC 9649: lossy, lossless, extended. */
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

function readUint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

function readTag(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}
