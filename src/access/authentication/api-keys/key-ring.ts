/** The valid API keys: those of the settings, and those of a file, which is read again when it has changed. */
import { timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { StartError } from "../../../errors.ts";
import { hashKey, readKeyEntry, type StoredKey } from "./api-key.ts";
import { checkRights, parseKeys } from "./key-file.ts";

export interface KeyRingOptions {
  /** Entries of `--api-keys`. */
  readonly entries: readonly string[];
  /** The path of `--api-keys-file`. */
  readonly file?: string | undefined;
  /** Reports a file that cannot be read any more. */
  readonly warn: (message: string) => void;
  /** Called for each key that a change of the file adds or revokes. */
  readonly onChange: (change: "added" | "revoked", key: StoredKey) => void;
}

export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #configured: readonly StoredKey[];
  /** The keys by the first digits of their hashes: a lookup takes the same time for any number of keys. */
  #keys: ReadonlyMap<string, StoredKey> = new Map();
  #ids: ReadonlySet<string> = new Set();
  #isStarted = false;
  /** Identifies the state of the file that was read. */
  #version: string | undefined;

  /** @throws StartError when the file cannot be used. */
  constructor(options: KeyRingOptions) {
    this.#options = options;
    this.#configured = options.entries.map(readKeyEntry);
    const { file } = options;
    this.#use([]);
    if (file === undefined) return;
    if (versionOf(file) === MISSING)
      throw new StartError(
        `There is no file ${file}. Create it: specchat keys add NAME --api-keys-file ${file}`,
      );
    const warning = this.#readFirst(file);
    if (warning !== undefined) options.warn(warning);
    this.#isStarted = true;
  }

  /** Returns the key that a client presents, or undefined. */
  find(presented: string): StoredKey | undefined {
    this.refresh();
    const hash = hashKey(presented);
    const known = this.#keys.get(prefixOf(hash));
    return known && timingSafeEqual(Buffer.from(known.sha256), Buffer.from(hash)) ? known : undefined;
  }

  /** Returns whether the key of an id is still among the keys. */
  has(id: string): boolean {
    this.refresh();
    return this.#ids.has(id);
  }

  /** Reads the file again if it has changed. A look at the file takes microseconds, so that a revoked key is refused at once. */
  refresh(): void {
    const { file, warn } = this.#options;
    if (file === undefined || versionOf(file) === this.#version) return;
    try {
      this.#read(file);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if ((error as { code?: string }).code !== "ENOENT")
        return void warn(`API keys not reloaded: ${message}; keeping the previous keys`);
      // An operator who removes the file expects its keys to be refused.
      this.#use([]);
      warn(`The file of API keys is gone: ${file}. Its keys are refused until it is back.`);
    }
  }

  /** @throws StartError */
  #readFirst(file: string): string | undefined {
    try {
      return this.#read(file);
    } catch (error) {
      if (error instanceof StartError || !(error instanceof Error)) throw error;
      throw new StartError(`The API keys in ${file} cannot be read: ${error.message}`);
    }
  }

  #read(file: string): string | undefined {
    // Taken before the text, so that a change in between is noticed.
    this.#version = versionOf(file);
    const warning = checkRights(file, statSync(file).mode);
    this.#use(parseKeys(file, readFileSync(file, "utf8")));
    return warning;
  }

  #use(ofFile: readonly StoredKey[]): void {
    const keys = [...this.#configured, ...ofFile];
    const before = [...this.#keys.values()];
    const known = this.#ids;
    this.#keys = new Map(keys.map((key) => [prefixOf(key.sha256), key]));
    this.#ids = new Set(keys.map(({ id }) => id));
    if (!this.#isStarted) return;
    for (const key of keys) if (!known.has(key.id)) this.#options.onChange("added", key);
    for (const key of before) if (!this.#ids.has(key.id)) this.#options.onChange("revoked", key);
  }
}

function prefixOf(sha256: string): string {
  return sha256.slice(0, 16);
}

const MISSING = "missing";

/** Returns what changes with the file, also when another one takes its place. */
function versionOf(file: string): string {
  const state = statSync(file, { throwIfNoEntry: false, bigint: true });
  return state ? `${state.ino} ${state.size} ${state.mtimeNs}` : MISSING;
}
