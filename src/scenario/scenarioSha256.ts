import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Scenario } from "./scenario.ts";

/**
 * The identity of a scenario: SHA-256 (hex) over canonical JSON of everything in it but the hash itself.
 *
 * Taken past the parser, so that "10ms" and "0.01s", YAML and JSON, or a default written out give the same hash, and
 * another number in a file the scenario names gives another.
 */
export function scenarioSha256(scenario: Omit<Scenario, "sha256">): string {
  const { sha256: _, ...content } = scenario as Scenario;
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(content))));
}

/** The scenario with its hash brought up to date, after a change to any of its fields. */
export function withSha256(scenario: Omit<Scenario, "sha256">): Scenario {
  return { ...scenario, sha256: scenarioSha256(scenario) };
}

/** JSON with sorted keys and no spaces; infinities as strings, absent and undefined alike. */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) return JSON.stringify(String(value));
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}
