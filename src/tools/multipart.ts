import type { Part } from "./types.ts";

/** A multipart body as bytes: RFC 7578, section 4, with names escaped as browsers do. */
export function writeMultipart(parts: readonly Part[], boundary: string): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  const encoder = new TextEncoder();
  for (const { name, filename, contentType, content } of parts) {
    const file = filename === undefined ? "" : `; filename="${escaped(filename)}"`;
    const type = contentType === undefined ? "" : `Content-Type: ${contentType.replace(/[\r\n]/g, " ")}\r\n`;
    chunks.push(
      encoder.encode(
        `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"${file}\r\n${type}\r\n`,
      ),
      typeof content === "string" ? encoder.encode(content) : content,
      encoder.encode("\r\n"),
    );
  }
  chunks.push(encoder.encode(`--${boundary}--\r\n`));
  return Buffer.concat(chunks);
}

function escaped(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
