import { readColors } from "../browser/colors.ts";
import { saveBlob } from "../browser/save-file.ts";

/** Saves a canvas as PNG, on the colour of the page instead of a transparent one. */
export function savePicture(name: string, source: HTMLCanvasElement): void {
  const canvas = document.createElement("canvas");
  canvas.width = source.width;
  canvas.height = source.height;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.fillStyle = readColors().surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0);
  canvas.toBlob((blob) => {
    if (blob !== null) saveBlob(name, blob);
  }, "image/png");
}
