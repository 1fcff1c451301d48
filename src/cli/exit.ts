import { InputError, TargetError } from "../base/check.ts";

/** The exit codes of every verb (docs/cli.md). */
export const exitCodes = {
  done: 0,
  disagreement: 1,
  usage: 2,
  target: 3,
  internal: 70,
  interrupted: 130,
} as const;

/** A wrong argument; its message is all a user needs. */
export class UsageError extends Error {}

/** The one line a user sees for an error, and the exit code; a stack trace is for COLDCAST_DEBUG=1. */
export function describeError(error: unknown): { readonly message: string; readonly code: number } {
  if (error instanceof InputError || error instanceof UsageError)
    return { message: error.message, code: exitCodes.usage };
  if (error instanceof TargetError) {
    const again = error.retriable ? " (trying again may help)" : "";
    return { message: `${error.message}${again}`, code: exitCodes.target };
  }
  if (isFileError(error)) return { message: fileMessage(error), code: exitCodes.usage };
  const first = String(error instanceof Error ? error.message : error).split("\n")[0];
  return {
    message: `internal error: ${first} (set COLDCAST_DEBUG=1 for the stack trace)`,
    code: exitCodes.internal,
  };
}

/** An error of writing, which by itself does not say of which file. */
export function ofFile(error: unknown, file: string): unknown {
  const isNameless = error instanceof Error && "syscall" in error && !("path" in error);
  return isNameless ? Object.assign(error, { path: file }) : error;
}

interface FileError extends Error {
  readonly code: string;
  readonly path: string;
}

function isFileError(error: unknown): error is FileError {
  return error instanceof Error && typeof (error as Partial<FileError>).path === "string" && "syscall" in error;
}

function fileMessage({ code, path, message }: FileError): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "permission denied",
    EISDIR: "it is a folder, not a file",
    ENOTDIR: "a part of the path is a file, not a folder",
    EEXIST: "it exists already and is not a folder",
    ENOSPC: "the disk is full",
    EROFS: "the file system is read-only",
  };
  // A file is written under a temporary name first, which is none of the user's.
  return `${path.replace(/\.\d+\.tmp$/, "")}: ${reasons[code] ?? message}`;
}
