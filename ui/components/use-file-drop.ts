import { type DragEvent, useState } from "react";
import { containsFiles } from "../browser/attach.ts";

interface DropHandlers {
  readonly onDragOver: (event: DragEvent<HTMLElement>) => void;
  readonly onDragLeave: () => void;
  readonly onDrop: (event: DragEvent<HTMLElement>) => void;
}

/** Makes an element a drop target for files. Returns whether files are dragged over it, and its event handlers. */
export function useFileDrop(onFiles: (files: readonly File[]) => void): readonly [boolean, DropHandlers] {
  const [isDragOver, setIsDragOver] = useState(false);
  return [
    isDragOver,
    {
      onDragOver(event) {
        if (!containsFiles(event.dataTransfer)) return;
        event.preventDefault();
        setIsDragOver(true);
      },
      onDragLeave: () => setIsDragOver(false),
      onDrop(event) {
        setIsDragOver(false);
        if (!containsFiles(event.dataTransfer)) return;
        event.preventDefault();
        onFiles([...event.dataTransfer.files]);
      },
    },
  ];
}
