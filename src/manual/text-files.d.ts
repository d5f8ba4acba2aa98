/** Types of files imported as text: `import text from "./a.md" with { type: "text" }`. */
declare module "*.md" {
  const text: string;
  export default text;
}
declare module "*.css";
declare module "*.svg" {
  const text: string;
  export default text;
}
