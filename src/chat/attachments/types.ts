/** Files as a model reads them. */

/** The content of a file, detected from its bytes. A text with a `format` can also be sent as a document of that format. */
export type FileContents =
  | {
      readonly kind: "image";
      readonly format: "png" | "jpeg" | "gif" | "webp";
      /** Pixels. */
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: "document"; readonly format: "pdf" | "doc" | "docx" | "xls" | "xlsx" }
  | {
      readonly kind: "text";
      readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
      readonly format?: "csv" | "html" | "md" | "txt";
    };

/** A file that is sent to the model: an image, or a document. A text is sent as a document of its `format`. */
export interface InlineFile {
  readonly name: string;
  readonly contents: FileContents;
  readonly bytes: Uint8Array;
}
