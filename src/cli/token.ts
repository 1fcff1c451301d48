import { isLoopback } from "../live/bearer.ts";
import { UsageError } from "./exit.ts";
import { readTextFile } from "./files.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const where = "COLDCAST_TOKEN_FILE (a file that holds it) or COLDCAST_TOKEN";

/**
 * The secret that who comes to `host` must know, from a file or the environment: a command line can be read by every
 * user of the machine.
 *
 * @returns null where there is none, which is well only on loopback
 * @throws {UsageError} where other machines reach the host and there is no token, or one that could be guessed
 */
export function tokenFor(host: string, environment: Environment = process.env): string | null {
  const { COLDCAST_TOKEN: own = "", COLDCAST_TOKEN_FILE: file = "" } = environment;
  const token = (file === "" ? own : readTextFile(file)).trim();
  if (token === "") {
    if (isLoopback(host)) return null;
    throw new UsageError(`${host} can be reached from other machines, so it needs a token: set ${where}`);
  }
  if (!/^[\x21-\x7e]{16,}$/.test(token))
    throw new UsageError(
      `${where} must hold 16 characters or more, ASCII without spaces, such as openssl rand -hex 32`,
    );
  return token;
}
