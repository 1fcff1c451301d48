import { describeError, ofFile } from "./exit.ts";
import { main } from "./main.ts";

/**
 * Runs the command line as this process: its arguments, its exit code, and no stack trace whatever happens.
 */
export async function start(): Promise<void> {
  // A reader such as `head` that has seen enough is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw ofFile(error, "standard output");
  });
  process.on("uncaughtException", (error) => {
    const { message, code } = describeError(error);
    process.stderr.write(`${message}\n`);
    if (process.env.COLDCAST_DEBUG === "1") process.stderr.write(`${error instanceof Error ? error.stack : ""}\n`);
    process.exit(code);
  });
  process.exitCode = await main(process.argv.slice(2));
}
