// A test runner for Stryker that runs the test files in its own process (see vitestHere.ts for why).
import { globSync } from "node:fs";
import { join } from "node:path";
import { hookModules, importFresh, nextRound } from "./freshModules.ts";
import { isSampled, type Sampled } from "./sample.ts";
import { type ListedTest, listedBy } from "./vitestHere.ts";

/** What Stryker's instrumented sources share with their runner. */
interface Shared {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: object;
}

interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly mutantActivation: "static" | "runtime";
  /** Ids of the tests that reach the mutant; all where it is missing. */
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
}

const passed = 0;
const failed = 1;
const world = globalThis as { __stryker__?: Shared };
world.__stryker__ ??= {};
const shared: Shared = world.__stryker__;
const idOf = (file: string, { name }: ListedTest) => `${file}: ${name}`;
const fileOf = (id: string) => id.slice(0, id.indexOf(": "));

/** What run.ts asks for: the tests' files in their order, by pattern, and the mutants that are tried. */
interface Wanted {
  readonly tests: readonly string[];
  readonly sampled: Sampled;
}

function inProcess() {
  const { tests: patterns, sampled }: Wanted = JSON.parse(process.env.COLDCAST_MUTATION ?? "");
  const files = patterns.flatMap((pattern) => globSync(pattern).sort());
  const load = (file: string) => listedBy(() => importFresh(join(process.cwd(), file)));
  hookModules({ name: "vitest", replacement: new URL("vitestHere.ts", import.meta.url).href });

  return {
    capabilities: () => ({ reloadEnvironment: true }),

    async dryRun() {
      const tests: object[] = [];
      for (const file of files) {
        for (const test of await load(file)) {
          const [id, began] = [idOf(file, test), performance.now()];
          shared.currentTestId = id;
          const failure = await failureOf(test);
          shared.currentTestId = undefined;
          const status = failure === null ? passed : failed;
          const timeSpentMs = performance.now() - began;
          tests.push({ id, name: id, fileName: file, status, timeSpentMs, failureMessage: failure ?? "" });
        }
      }
      return { status: "complete", tests, mutantCoverage: shared.mutantCoverage };
    },

    async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit: ofStryker = Infinity }: MutantRun) {
      if (!isSampled(activeMutant.id, sampled)) return { status: "error", errorMessage: "not in the sample" };
      const wanted = testFilter === undefined ? null : new Set(testFilter);
      const wantedFiles = wanted === null ? null : new Set([...wanted].map(fileOf));
      nextRound();
      // Stryker lets a fault be met a hundred times as often as in all tests without it; the busiest loops would run on for minutes.
      const hitLimit = ofStryker / 20;
      shared.hitLimit = hitLimit;
      shared.hitCount = 0;
      let nrOfTests = 0;
      try {
        for (const file of files) {
          if (wantedFiles !== null && !wantedFiles.has(file)) continue;
          shared.activeMutant = mutantActivation === "static" ? activeMutant.id : undefined;
          const tests = await load(file);
          shared.activeMutant = activeMutant.id;
          for (const test of tests) {
            const id = idOf(file, test);
            if (wanted !== null && !wanted.has(id)) continue;
            nrOfTests++;
            const failureMessage = await failureOf(test);
            if (shared.hitCount > hitLimit) return { status: "timeout", reason: "hit limit" };
            if (failureMessage !== null) return { status: "killed", killedBy: [id], failureMessage, nrOfTests };
          }
        }
        return { status: "survived", nrOfTests };
      } catch (error) {
        return { status: "killed", killedBy: ["import"], failureMessage: String(error), nrOfTests };
      } finally {
        shared.activeMutant = undefined;
      }
    },
  };
}

async function failureOf({ run }: ListedTest): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export const strykerPlugins = [{ kind: "TestRunner", name: "in-process", factory: inProcess }];
