/** Creates minimal files: a valid beginning, followed by padding. */

/** Creates a PNG with a total length of `size` bytes. */
export function createPng(width: number, height: number, size = 33): Uint8Array {
  const bytes = Buffer.alloc(size);
  bytes.write("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", "latin1");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

export function createGif(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(13);
  bytes.write("GIF89a", "latin1");
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
}

/**
 * Creates a JPEG with a JFIF segment and tables before the frame, as cameras write them. `marker` is 0xc0 for baseline,
 * 0xc2 for progressive.
 */
export function createJpeg(width: number, height: number, marker = 0xc0): Uint8Array {
  const frame = Buffer.alloc(19);
  frame.set([0xff, marker, 0, 17, 8]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  const segment = (kind: number, length: number) => {
    const bytes = Buffer.alloc(length + 2, 0xc0);
    bytes.set([0xff, kind, length >> 8, length & 0xff]);
    return bytes;
  };
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, 16),
    segment(0xe1, 700),
    segment(0xc4, 30),
    Buffer.from([0xff]),
    frame,
  ]);
}

export function createWebp(kind: "VP8 " | "VP8L" | "VP8X", width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(40);
  bytes.write(`RIFF\0\0\0\0WEBP${kind}`, "latin1");
  if (kind === "VP8 ") {
    bytes.writeUInt16LE(width, 26);
    bytes.writeUInt16LE(height | 0x4000, 28);
  } else if (kind === "VP8L") bytes.writeUInt32LE(((height - 1) << 14) | (width - 1), 21);
  else {
    bytes.writeUIntLE(width - 1, 24, 3);
    bytes.writeUIntLE(height - 1, 27, 3);
  }
  return bytes;
}

export function createPdf(size = 40): Uint8Array {
  return Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(size - 9, 0xfe)]);
}

/** Creates a ZIP archive that contains the name of an entry. */
export function createZip(entry: string): Uint8Array {
  return Buffer.from(`PK\x03\x04\x14\0\0\0${"\0".repeat(18)}${entry}\0\0\0`, "latin1");
}

/** Creates an OLE container that contains the name of a stream. */
export function createCompoundFile(stream: string): Uint8Array {
  return Buffer.concat([
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    Buffer.alloc(504),
    Buffer.from(stream, "utf16le"),
  ]);
}
