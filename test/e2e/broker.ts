import { spawnSync } from "node:child_process";

const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { timeout: 20_000 }).status === 0;

/** Why no Kafka broker can be had here, or null. */
export const whyNoBroker: string | null =
  (process.env.KAFKA_BOOTSTRAP ?? "") !== "" ||
  works("docker", "info") ||
  (works("java", "-version") && works("mvn", "-version"))
    ? null
    : "no KAFKA_BOOTSTRAP, no Docker, and not both Java and Maven";
