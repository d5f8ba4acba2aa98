/** Declares imports of stylesheets. The bundler combines them into one file of the page (src/page/bundle.ts). An import of the type `text` is the text of one (ui/browser/adopt-styles.ts). */
declare module "*.css" {
  const text: string;
  export default text;
}
