/** The part of dynalite that the tests use. */
declare module "dynalite" {
  import type { Server } from "node:http";
  export default function dynalite(options: {
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): Server;
}
