/** The style of the bubble and its panel. Pages change it with the custom properties `--specchat-…`. */
export const STYLE = `
:host { all: initial; color-scheme: light dark; --accent: var(--specchat-accent, #3d5bd9); }
button, section { position: fixed; z-index: var(--specchat-z-index, 2147483000); box-sizing: border-box; }
button {
  inset-block-end: var(--specchat-offset, 20px);
  inset-inline-end: var(--specchat-offset, 20px);
  display: grid; place-items: center; padding: 0; border: 0; border-radius: 50%;
  inline-size: var(--specchat-size, 56px); block-size: var(--specchat-size, 56px);
  background: var(--accent); color: var(--specchat-on-accent, #fff); cursor: pointer;
  box-shadow: var(--specchat-shadow, 0 4px 16px rgb(0 0 0 / 24%));
}
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
svg { inline-size: 46%; fill: none; stroke: currentcolor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
i {
  display: none; position: absolute; inset-block-start: 0; inset-inline-end: 0; box-sizing: border-box; inline-size: 16px; block-size: 16px;
  border: 2px solid #fff; border-radius: 50%; background: #16a34a; forced-color-adjust: none;
}
[aria-expanded="false"] > :is(.approval, .reply) { display: block; }
i.approval { background: #d97706; }
section {
  inset-block-end: calc(var(--specchat-offset, 20px) + var(--specchat-size, 56px) + 12px);
  inset-inline-end: var(--specchat-offset, 20px);
  inline-size: min(var(--specchat-width, 400px), 100vw - 2 * var(--specchat-offset, 20px));
  block-size: min(var(--specchat-height, 640px), 100dvh - 2 * var(--specchat-offset, 20px) - var(--specchat-size, 56px) - 12px);
  overflow: hidden; border-radius: var(--specchat-radius, 16px); background: Canvas;
  box-shadow: var(--specchat-shadow, 0 8px 40px rgb(0 0 0 / 28%));
}
section[hidden] { display: none; }
.start { inset-inline: var(--specchat-offset, 20px) auto; }
iframe { inline-size: 100%; block-size: 100%; border: 0; }
@media (max-width: 40rem) {
  section { inset: 0; inline-size: 100%; block-size: 100dvh; border-radius: 0; }
  .ready:not([hidden]) + button { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  button { transition: scale 0.15s; }
  button:hover { scale: 1.05; }
}
@media print { button, section { display: none; } }
`;
