/** Declares imports of stylesheets. The bundler combines them into one file of the page (src/page/bundle.ts). */
declare module "*.css";
