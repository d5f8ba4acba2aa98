/** Draws a dot on a picture of the page's own server. Loaded when something waits and the operator has a logo. */

/** Pixels of the sides of the icon. */
const SIZE = 64;
const RADIUS = 15;
const BORDER = 4;

/** Returns the picture with a dot in its corner, as a PNG in a data URL. @throws DOMException when it cannot be loaded */
export async function drawDot(picture: string, colour: string): Promise<string> {
  const image = new Image(SIZE, SIZE);
  image.src = picture;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const context = canvas.getContext("2d");
  if (context === null) return picture;
  const { naturalWidth, naturalHeight } = image;
  // An SVG without a size has none of its own.
  const scale = SIZE / Math.max(naturalWidth, naturalHeight, 1);
  const [width, height] = [(naturalWidth || SIZE) * scale, (naturalHeight || SIZE) * scale];
  context.drawImage(image, (SIZE - width) / 2, (SIZE - height) / 2, width, height);
  context.beginPath();
  context.arc(SIZE - RADIUS - BORDER / 2, RADIUS + BORDER / 2, RADIUS, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = "white";
  context.lineWidth = BORDER;
  context.stroke();
  return canvas.toDataURL("image/png");
}
