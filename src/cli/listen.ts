import { InvalidArgumentError } from "commander";

/** Where a server of this process is reached. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Reads PORT, which is one of loopback, or HOST:PORT. */
export function listenAt(text: string): Listen {
  const [, host = "127.0.0.1", port] = /^(?:([\w.-]+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new InvalidArgumentError("Write a port, from 0 (any that is free) to 65535, or HOST:PORT.");
  return { host, port: Number(port) };
}
