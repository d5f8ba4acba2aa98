import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { detectContents } from "../../src/files/contents.ts";
import {
  createCompoundFile,
  createGif,
  createJpeg,
  createPdf,
  createPng,
  createWebp,
  createZip,
} from "./samples.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("`detectContents()` decides by the bytes of", () => {
  const cases: readonly [string, Uint8Array, string, string, unknown][] = [
    [
      "a PNG",
      createPng(640, 480),
      "image/png",
      "a.png",
      { kind: "image", format: "png", width: 640, height: 480 },
    ],
    [
      "a PNG declared as JPEG",
      createPng(1, 2),
      "image/jpeg",
      "a.jpg",
      { kind: "image", format: "png", width: 1, height: 2 },
    ],
    [
      "a GIF",
      createGif(640, 480),
      "image/gif",
      "a.gif",
      { kind: "image", format: "gif", width: 640, height: 480 },
    ],
    ["a JPEG", createJpeg(640, 480), "", "a", { kind: "image", format: "jpeg", width: 640, height: 480 }],
    [
      "a progressive JPEG",
      createJpeg(640, 480, 0xc2),
      "image/jpeg",
      "a",
      { kind: "image", format: "jpeg", width: 640, height: 480 },
    ],
    [
      "a lossy WebP",
      createWebp("VP8 ", 640, 480),
      "image/webp",
      "a",
      { kind: "image", format: "webp", width: 640, height: 480 },
    ],
    [
      "a lossless WebP",
      createWebp("VP8L", 640, 480),
      "image/webp",
      "a",
      { kind: "image", format: "webp", width: 640, height: 480 },
    ],
    [
      "an extended WebP",
      createWebp("VP8X", 70_000, 480),
      "image/webp",
      "a",
      { kind: "image", format: "webp", width: 70_000, height: 480 },
    ],
    ["a PDF declared as an image", createPdf(), "image/png", "a.png", { kind: "document", format: "pdf" }],
    [
      "a Word document",
      createZip("word/document.xml"),
      "application/octet-stream",
      "a.zip",
      { kind: "document", format: "docx" },
    ],
    ["an Excel sheet", createZip("xl/workbook.xml"), "", "a", { kind: "document", format: "xlsx" }],
    [
      "an old Word document",
      createCompoundFile("WordDocument"),
      "application/msword",
      "a.doc",
      { kind: "document", format: "doc" },
    ],
    [
      "an old Excel sheet",
      createCompoundFile("Workbook"),
      "application/vnd.ms-excel",
      "a.xls",
      { kind: "document", format: "xls" },
    ],
    ["another archive", createZip("README"), "application/zip", "a.zip", undefined],
    [
      "an encrypted Word document",
      createCompoundFile("EncryptedPackage"),
      "application/msword",
      "a.docx",
      undefined,
    ],
    ["a text declared as an image", bytes("hello"), "image/png", "a.png", undefined],
    ["a text declared as a PDF", bytes("hello"), "application/pdf", "a.pdf", undefined],
    ["an image with a truncated header", createPng(1, 1).subarray(0, 20), "image/png", "a.png", undefined],
    ["an image without a size", createPng(0, 10), "image/png", "a.png", undefined],
    ["a JPEG without a frame", createJpeg(1, 1).subarray(0, 40), "image/jpeg", "a.jpg", undefined],
    ["unknown binary data", new Uint8Array([0, 1, 2, 0xff]), "application/octet-stream", "a.bin", undefined],
    ["an empty file", new Uint8Array(), "text/plain", "a.txt", undefined],
    ["a blank text", bytes(" \n"), "text/plain", "a.txt", undefined],
    [
      "a plain text",
      bytes("Grüße"),
      "text/plain",
      "a.txt",
      { kind: "text", encoding: "utf-8", format: "txt" },
    ],
    ["a CSV table", bytes("a,b"), "text/csv", "a", { kind: "text", encoding: "utf-8", format: "csv" }],
    [
      "a CSV table declared as Excel by Windows",
      bytes("a,b"),
      "application/vnd.ms-excel",
      "a.csv",
      { kind: "text", encoding: "utf-8", format: "csv" },
    ],
    ["an HTML page", bytes("<p>"), "text/html", "a", { kind: "text", encoding: "utf-8", format: "html" }],
    ["a Markdown text", bytes("# a"), "", "a.md", { kind: "text", encoding: "utf-8", format: "md" }],
    ["a JSON text", bytes("{}"), "application/json", "a.json", { kind: "text", encoding: "utf-8" }],
    [
      "source code of an unknown type",
      bytes("def f():\n\tpass"),
      "application/octet-stream",
      "a.py",
      { kind: "text", encoding: "utf-8" },
    ],
    ["an SVG image", bytes("<svg/>"), "image/svg+xml", "a.svg", { kind: "text", encoding: "utf-8" }],
    [
      "a log with terminal colours",
      bytes("\u001b[31mred"),
      "text/x-log",
      "a.log",
      { kind: "text", encoding: "utf-8" },
    ],
    [
      "a text in UTF-16",
      Buffer.from("\ufeffGrüße", "utf16le"),
      "text/plain",
      "a.txt",
      { kind: "text", encoding: "utf-16le" },
    ],
    [
      "a CSV table in windows-1252",
      Buffer.from("Stra\xdfe;1", "latin1"),
      "application/octet-stream",
      "a.csv",
      { kind: "text", encoding: "windows-1252" },
    ],
  ];
  for (const [name, file, mediaType, fileName, contents] of cases) {
    test(name, () => {
      expect(detectContents(file, mediaType, fileName)).toEqual(contents as never);
    });
  }
});

test("`detectContents()` never throws, and detects any text", () => {
  const starts = [
    "",
    "\x89PNG\r\n\x1a\n",
    "\xff\xd8\xff",
    "GIF89a",
    "RIFF\0\0\0\0WEBPVP8X",
    "%PDF-",
    "PK\x03\x04",
    "\xff\xfe",
  ];
  const files = fc.record({ start: fc.constantFrom(...starts), rest: fc.uint8Array({ maxLength: 60 }) });
  fc.assert(
    fc.property(files, ({ start, rest }) => {
      const file = Buffer.concat([Buffer.from(start, "latin1"), rest]);
      const contents = detectContents(file, "application/octet-stream", "a");
      if (contents?.kind === "image") expect(Math.min(contents.width, contents.height)).toBeGreaterThan(0);
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][\p{L}\p{N}\p{P}\n ]{0,40}$/u), (text) => {
      expect(detectContents(bytes(text), "", "a")).toEqual({ kind: "text", encoding: "utf-8" });
    }),
  );
});
