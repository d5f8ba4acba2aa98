import { useEffect, useState } from "react";
import { useThemeName } from "../../browser/colors.ts";
import { saveFile } from "../../browser/save-file.ts";
import { savePicture } from "../../charts/save-picture.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Download } from "../../components/icons.tsx";
import { t } from "../../language/language.ts";
import { CodeBlock } from "../code/code-block.tsx";
import { drawOnce } from "./draw.ts";
import type { DiagramPicture } from "./types.ts";

interface DiagramBlockProps {
  readonly code: string;
  readonly language: string;
}

/** A picture of the diagram, with its code on demand. Code that cannot be drawn stays code. */
export default function DiagramBlock({ code, language }: DiagramBlockProps) {
  const drawn = useDrawn(code);
  const [isCode, setIsCode] = useState(false);
  if (drawn === undefined) return <CodeBlock code={code} language={language} />;
  if (drawn === "failed")
    return (
      <>
        <CodeBlock code={code} language={language} />
        <p className="diagram-note">{t("diagram.failed")}</p>
      </>
    );
  return (
    <figure className="chart diagram">
      {isCode ? <CodeBlock code={code} language={language} /> : <Picture picture={drawn} />}
      <div className="chart-actions">
        <button
          type="button"
          className="text-button"
          aria-pressed={isCode}
          onClick={() => setIsCode(!isCode)}
        >
          {t(isCode ? "diagram.showPicture" : "diagram.showCode")}
        </button>
        <button type="button" className="text-button" onClick={() => void savePng(drawn)}>
          <Download />
          PNG
        </button>
        <button
          type="button"
          className="text-button"
          onClick={() => saveFile("diagram.svg", "image/svg+xml", drawn.svg)}
        >
          <Download />
          SVG
        </button>
        {!isCode && <CopyButton label={t("text.copyCode")} text={() => code} />}
      </div>
    </figure>
  );
}

/** Shows the drawing as an image: the browser runs and loads nothing of it. */
function Picture({ picture }: { picture: DiagramPicture }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard.
    <div className="diagram-picture" tabIndex={0}>
      <img src={toDataUrl(picture)} width={picture.width} height={picture.height} alt={t("diagram.name")} />
    </div>
  );
}

function useDrawn(code: string): DiagramPicture | "failed" | undefined {
  const theme = useThemeName() ?? "light";
  const [drawn, setDrawn] = useState<DiagramPicture | "failed">();
  useEffect(() => {
    let isMounted = true;
    drawOnce(code, theme).then(
      (picture) => isMounted && setDrawn(picture),
      () => isMounted && setDrawn("failed"),
    );
    return () => {
      isMounted = false;
    };
  }, [code, theme]);
  return drawn;
}

const toDataUrl = ({ svg }: DiagramPicture) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

/** Pixels of the file for each pixel of the picture. */
const SCALE = 2;

async function savePng(picture: DiagramPicture): Promise<void> {
  const image = new Image(picture.width * SCALE, picture.height * SCALE);
  image.src = toDataUrl(picture);
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  savePicture("diagram.png", canvas);
}
