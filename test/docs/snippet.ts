import { stripTypeScriptTypes } from "node:module";

/** One thing a snippet says: code, and what its value is said to be. */
interface Step {
  readonly code: string;
  readonly expected?: string;
}

export interface Claim {
  readonly code: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/**
 * Runs a snippet and returns what its `// =>` comments claim beside what is true.
 *
 * A claim is read as an expression of the same scope; words in brackets after it are for the reader.
 */
export async function runSnippet(snippet: string, scope: Readonly<Record<string, unknown>>): Promise<Claim[]> {
  const claims: Claim[] = [];
  const body = steps(snippet).map(({ code, expected }) =>
    expected === undefined
      ? code
      : `__claim(${JSON.stringify(code)}, await (${code.replace(/;\s*$/, "")}\n), (${expected}));`,
  );
  const claim = (code: string, actual: unknown, expected: unknown) => claims.push({ code, actual, expected });
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<void>;
  const names = Object.keys(scope).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default");
  const source = stripTypeScriptTypes(`async function snippet() {\n${body.join("\n")}\n}`);
  await new AsyncFunction(...names, "__claim", `${source}\nreturn snippet();`)(
    ...names.map((name) => scope[name]),
    claim,
  );
  return claims;
}

function steps(snippet: string): Step[] {
  const found: Step[] = [];
  let pending: string[] = [];
  for (const line of snippet.split("\n")) {
    if (/^import .* from "coldcast(\/browser)?";?$/.test(line.trim())) continue;
    const claim = /^(.*?)\/\/ =>\s*(.*)$/.exec(line);
    pending.push(claim === null ? line : claim[1]!);
    if (claim !== null) {
      found.push({ code: pending.join("\n").trim(), expected: withoutRemark(claim[2]!) });
      pending = [];
    } else if (/;\s*$/.test(line) && isComplete(pending.join("\n"))) {
      found.push({ code: pending.join("\n") });
      pending = [];
    }
  }
  if (pending.join("").trim() !== "") found.push({ code: pending.join("\n") });
  return found;
}

/** Drops a last group in brackets that stands apart, `4 (2 · (1 + 1))` → `4`: it is for the reader. */
function withoutRemark(claim: string): string {
  const text = claim.trim();
  if (!text.endsWith(")")) return text;
  let open = 0;
  for (let i = text.length - 1; i > 0; i--) {
    if (text[i] === ")") open++;
    if (text[i] === "(" && --open === 0) return text[i - 1] === " " ? text.slice(0, i).trim() : text;
  }
  return text;
}

/** Whether every bracket that was opened is closed. */
function isComplete(code: string): boolean {
  const count = (pattern: RegExp) => (code.match(pattern) ?? []).length;
  return count(/[([{]/g) === count(/[)\]}]/g);
}
