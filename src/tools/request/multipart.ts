import type { MultipartPart } from "../http/types.ts";

/** Serializes a multipart body (RFC 7578, section 4). Names are escaped as browsers do. */
export function writeMultipart(parts: readonly MultipartPart[], boundary: string): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  const encoder = new TextEncoder();
  for (const { name, filename, contentType, headers = {}, content } of parts) {
    const file = filename === undefined ? "" : `; filename="${escapeName(filename)}"`;
    const lines = Object.entries(
      contentType === undefined ? headers : { "Content-Type": contentType, ...headers },
    )
      .map(([header, value]) => `${header}: ${value}`.replace(/[\r\n]/g, " "))
      .map((line) => `${line}\r\n`)
      .join("");
    chunks.push(
      encoder.encode(
        `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"${file}\r\n${lines}\r\n`,
      ),
      typeof content === "string" ? encoder.encode(content) : content,
      encoder.encode("\r\n"),
    );
  }
  chunks.push(encoder.encode(`--${boundary}--\r\n`));
  return Buffer.concat(chunks);
}

function escapeName(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
