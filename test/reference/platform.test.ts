import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { owed } from "./owed.ts";
import { type Case, platformChecks } from "./platformCases.ts";

const root = process.env.COLDCAST_ORACLES ?? join(import.meta.dirname, "oracles");
const folder = join(root, "platform");

interface OracleFile {
  readonly groups: readonly { readonly id: string; readonly cases: readonly Case[] }[];
}

describe("what the upstream projects' own unit tests expect", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

  it("has files to check", () => expect(files.length).toBeGreaterThan(0));

  for (const name of files) {
    const file = JSON.parse(readFileSync(join(folder, name), "utf8")) as OracleFile;
    let checked = 0;
    let left = 0;

    describe(name, () => {
      for (const { id, cases } of file.groups) {
        if (id in owed.platform) {
          left += cases.length;
          continue;
        }
        it(`${id} (${cases.length})`, () => {
          const check = platformChecks[id];
          expect(check, `nobody answers group ${id}`).toBeDefined();
          for (const given of cases) {
            try {
              check!(given);
            } catch (error) {
              throw new Error(`${id}: ${given.id ?? JSON.stringify(given)}`, { cause: error });
            }
            checked++;
          }
        });
      }

      it("counts its cases", () => {
        process.stdout.write(`${name}: ${checked} cases checked, ${left} owed by name\n`);
        expect(checked + left).toBeGreaterThan(0);
      });
    });
  }
});
