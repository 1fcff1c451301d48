import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { InputError } from "../base/check.ts";
import { parseScenario } from "../scenario/parse.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { UsageError } from "./exit.ts";

/** A scenario file, with the files it names, which must lie in its folder. */
export function readScenario(file: string, { requestsBounded = false } = {}): Scenario {
  return parseScenario(readTextFile(file), { file, requestsBounded, readText: readingFrom(file) });
}

/** Reads what a scenario file names. */
export function readingFrom(file: string): (path: string) => string {
  const folder = dirname(resolve(file));
  return (path) => readWithin(folder, path);
}

/** A file of a folder; a link that leads out of it is refused. */
function readWithin(folder: string, path: string): string {
  const real = realpathSync(resolve(folder, path));
  const inside = relative(realpathSync(folder), real);
  if (inside === ".." || inside.startsWith(`..${sep}`) || resolve(inside) === inside) {
    throw new InputError(path, [{ path: "", message: `"${path}" is outside the scenario's folder` }]);
  }
  return readTextFile(real);
}

/** UTF-8 text; bytes that are none are refused rather than replaced. */
export function readTextFile(file: string): string {
  // Only reading tells a folder from a file, and that error does not say which.
  if (statSync(file).isDirectory()) throw new InputError(file, [{ path: "", message: "it is a folder, not a file" }]);
  const bytes = readFileSync(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(file, [{ path: "", message: "is not a text file in UTF-8" }]);
  }
}

/** Writes a whole file or nothing, with the folders above it. */
export function writeFileAtomic(file: string, text: string | Uint8Array): void {
  const { place, temporary } = destinationOf(file);
  if (temporary === null) {
    writeFileSync(place, text);
    return;
  }
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, place);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The same, line by line, for files larger than memory. */
export async function writeLinesAtomic(file: string, lines: Iterable<string>): Promise<void> {
  const { place, temporary } = destinationOf(file);
  const stream = createWriteStream(temporary ?? place);
  try {
    await once(stream, "open");
    let chunk = "";
    for (const line of lines) {
      chunk += `${line}\n`;
      if (chunk.length < 65_536) continue;
      if (!stream.write(chunk)) await once(stream, "drain");
      chunk = "";
    }
    stream.end(chunk);
    await once(stream, "finish");
    if (temporary !== null) renameSync(temporary, place);
  } catch (error) {
    stream.destroy();
    if (temporary !== null) rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Where writing to a name leads, and the file that is finished first and then takes its place. A link stays a link; a device
 * or a pipe, such as /dev/null, has no such file (null), because a rename would replace the device itself.
 */
function destinationOf(file: string): { readonly place: string; readonly temporary: string | null } {
  if (file === "") throw new UsageError("the name of the file to write is empty");
  if (file === "-") throw new UsageError('"-" is no file to write to; name one');
  makeFolder(dirname(resolve(file)));
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new InputError(file, [{ path: "", message: "it is a folder, not a file" }]);
  if (found !== undefined && !found.isFile()) return { place: file, temporary: null };
  const place = found === undefined ? file : realpathSync(file);
  return { place, temporary: `${place}.${process.pid}.tmp` };
}

/** Makes a folder that a long run will write to, so that one that cannot be written is known before it. */
export function readyFolder(folder: string): void {
  if (folder === "" || folder === "-") throw new UsageError(`"${folder}" is no folder to write to; name one`);
  makeFolder(folder);
  if (!statSync(folder).isDirectory())
    throw new InputError(folder, [{ path: "", message: "it is a file, not a folder" }]);
  accessSync(folder, constants.W_OK);
}

/** Node's own recursive mkdir never returns below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

export const sha256Hex = (text: string): string => createHash("sha256").update(text).digest("hex");
