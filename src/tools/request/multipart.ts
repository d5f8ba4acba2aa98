import type { MultipartPart } from "../http/types.ts";

/** Serializes a multipart body (RFC 7578, section 4, and RFC 2046). Names are escaped as browsers do. */
export function writeMultipart(parts: readonly MultipartPart[], boundary: string): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  const encoder = new TextEncoder();
  for (const { name, filename, contentType, headers = {}, content } of parts) {
    const file = filename === undefined ? "" : `; filename="${escapeName(filename)}"`;
    const disposition =
      name !== undefined
        ? { "Content-Disposition": `form-data; name="${escapeName(name)}"${file}` }
        : file !== "" && { "Content-Disposition": `attachment${file}` };
    const type = contentType !== undefined && { "Content-Type": contentType };
    const lines = Object.entries({ ...disposition, ...type, ...headers })
      .map(([header, value]) => `${header}: ${value}`.replace(/[\r\n]/g, " "))
      .map((line) => `${line}\r\n`)
      .join("");
    chunks.push(
      encoder.encode(`--${boundary}\r\n${lines}\r\n`),
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
