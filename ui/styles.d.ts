/** Stylesheets become a file of the built page (src/page/bundle.ts). */
declare module "*.css";
