/** Draws a dot on the icon of the page. Loaded when something waits. */

const COLOURS = { approval: "#d97706", reply: "#16a34a" } as const;

/** Pixels of the sides of the icon. */
const SIZE = 64;
const RADIUS = 15;
const BORDER = 4;

/** Adds a dot to the page's own icon, an SVG in a data URL, or to the picture of the operator. @throws DOMException when that cannot be loaded */
export async function addDot(icon: string, waiting: keyof typeof COLOURS): Promise<string> {
  const colour = COLOURS[waiting];
  const dot = `<circle cx='18' cy='6' r='6' fill='${colour}' stroke='white' stroke-width='1.5'/></svg>`;
  return icon.startsWith("data:image/svg+xml,")
    ? icon.replace(/%3C\/svg%3E$/i, encodeURIComponent(dot))
    : await drawDot(icon, colour);
}

/** Returns the picture with a dot in its corner, as a PNG in a data URL. */
async function drawDot(picture: string, colour: string): Promise<string> {
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
