import type { PageColors } from "../../browser/colors.ts";

/** The look of a diagram. */
export interface DiagramLook {
  readonly isDark: boolean;
  readonly colors: PageColors;
}

/** A picture that contains nothing that runs, loads or links. */
export interface DiagramPicture {
  /** SVG. */
  readonly svg: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Draws the code of a diagram. Rejects for code that is not one. */
export type DrawDiagram = (code: string, look: DiagramLook) => Promise<DiagramPicture>;
