import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { InputError } from "../base/check.ts";
import { isRunning } from "../live/isRunning.ts";
import { parseScenario } from "../scenario/parse.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { ofFile, UsageError } from "./exit.ts";
import { readBounded } from "./readBounded.ts";

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
  // A pipe would be waited for, and a device may have no end.
  if (!statSync(real).isFile()) throw new InputError(path, [{ path: "", message: `"${path}" is no file` }]);
  return readTextFile(real);
}

/** UTF-8 text; bytes that are none are refused rather than replaced. */
export function readTextFile(file: string): string {
  const bytes = readBounded(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(file, [{ path: "", message: "is not a text file in UTF-8" }]);
  }
}

/** Writes a whole file or nothing, with the folders above it. */
export function writeFileAtomic(file: string, text: string | Uint8Array): void {
  stageFile(file, text).commit();
}

/** The same, line by line, for files larger than memory. */
export async function writeLinesAtomic(file: string, lines: Iterable<string>): Promise<void> {
  (await stageLines(file, lines)).commit();
}

/** A file that is written and on the disk, but not yet in its place. */
export interface Staged {
  /** Where it will be. */
  readonly place: string;
  commit(): void;
  discard(): void;
}

/** Writes a whole file beside its place, so that several can be put in theirs once all are written. */
export function stageFile(file: string, text: string | Uint8Array): Staged {
  const staged = stagedAt(destinationOf(file));
  try {
    writeFileSync(staged.written, text, { flush: staged.flush });
  } catch (error) {
    staged.discard();
    throw ofFile(error, staged.place);
  }
  return staged;
}

/** The same, line by line. */
export async function stageLines(file: string, lines: Iterable<string>): Promise<Staged> {
  const staged = stagedAt(destinationOf(file));
  const stream = createWriteStream(staged.written, { flush: staged.flush });
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
    await once(stream, "close");
  } catch (error) {
    stream.destroy();
    staged.discard();
    throw ofFile(error, staged.place);
  }
  return staged;
}

/** What is written goes to the disk before it takes its place (`flush`), so that no power cut leaves an empty file there. */
function stagedAt({ place, temporary }: Destination): Staged & { readonly written: string; readonly flush: boolean } {
  if (temporary === null) return { place, written: place, flush: false, commit: () => {}, discard: () => {} };
  return {
    place,
    written: temporary,
    flush: true,
    commit: () => renameSync(temporary, place),
    discard: () => rmSync(temporary, { force: true }),
  };
}

interface Destination {
  readonly place: string;
  readonly temporary: string | null;
}

/**
 * Where writing to a name leads, and the file that is finished first and then takes its place. A link stays a link; a device
 * or a pipe, such as /dev/null, has no such file (null), because a rename would replace the device itself.
 */
function destinationOf(file: string): Destination {
  if (file === "") throw new UsageError("the name of the file to write is empty");
  if (file === "-") throw new UsageError('"-" is no file to write to; name one');
  makeFolder(dirname(resolve(file)));
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new InputError(file, [{ path: "", message: "it is a folder, not a file" }]);
  if (found !== undefined && !found.isFile()) return { place: file, temporary: null };
  const place = found === undefined ? file : realpathSync(file);
  removeLeftovers(place);
  return { place, temporary: `${place}.${process.pid}.tmp` };
}

/** Removes what processes that were killed had written of this file so far. */
function removeLeftovers(place: string): void {
  const [folder, name] = [dirname(place), basename(place)];
  for (const other of readdirSync(folder)) {
    const pid = other.startsWith(name) ? /^\.(\d+)\.tmp$/.exec(other.slice(name.length))?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, other), { force: true });
  }
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
