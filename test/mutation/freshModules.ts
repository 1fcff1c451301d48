import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const tag = "round";
const stripped = new Map<string, string>();
let round = 0;

/**
 * Imports a file of the project, and all it imports, as if for the first time: every round has its own copies of the
 * project's modules, so that nothing a mutant left in them is there for the next one. Packages are shared.
 */
export async function importFresh(path: string): Promise<unknown> {
  return import(`${pathToFileURL(path).href}?${tag}=${round}`);
}

export function nextRound(): void {
  round++;
}

/** Gives `replacement` to every file that imports `name`, but for the replacement itself. */
export function hookModules({ name, replacement }: { readonly name: string; readonly replacement: string }): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === name && context.parentURL !== replacement) {
        return { url: replacement, format: "module-typescript", shortCircuit: true };
      }
      const found = next(specifier, context);
      const parents = roundOf(context.parentURL);
      if (parents === null || !isOfProject(found.url) || roundOf(found.url) !== null) return found;
      return { ...found, url: `${found.url}?${tag}=${parents}` };
    },
    load(url, context, next) {
      if (roundOf(url) === null) return next(url, context);
      const path = fileURLToPath(url);
      if (!path.endsWith(".ts")) return next(url, context);
      let source = stripped.get(path);
      if (source === undefined) {
        source = stripTypeScriptTypes(readFileSync(path, "utf8"));
        stripped.set(path, source);
      }
      return { format: "module", source, shortCircuit: true };
    },
  });
}

const roundOf = (url: string | undefined): string | null =>
  url?.startsWith("file:") ? new URL(url).searchParams.get(tag) : null;

const isOfProject = (url: string): boolean => url.startsWith("file:") && !url.includes("/node_modules/");
