/** Declares imports of stylesheets. The bundler combines them into one file of the page (src/page/bundle.ts), or includes them as text. */
declare module "*.css" {
  const text: string;
  export default text;
}
