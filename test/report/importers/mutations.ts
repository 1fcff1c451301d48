/** A file made of another by one fault. */
export interface Mutation {
  readonly fault: string;
  readonly bytes: Uint8Array;
  /**
   * same: nothing that is said has changed, so the result must be the same; refused: it is no file of this kind any more;
   * cut: only a beginning is left; edited: so many lines or numbers were touched.
   */
  readonly must: "be the same" | "be refused" | "be a part" | "differ in few";
}

type Uniform = () => number;
type Fault = (text: string, uniform: Uniform) => string;

const linesOf = (text: string): string[] => text.split(/(?<=\n)/);
const pick = (uniform: Uniform, size: number): number => Math.min(size - 1, Math.floor(uniform() * size));

/** Changes one of the lines, but not the first: a header has no copy. */
function withLines(text: string, uniform: Uniform, change: (lines: string[], at: number) => void): string {
  const lines = linesOf(text);
  change(lines, lines.length === 1 ? 0 : 1 + pick(uniform, lines.length - 1));
  return lines.join("");
}

/** Puts something in the place of one of the numbers. */
function withNumber(text: string, uniform: Uniform, change: (number: string) => string): string {
  const numbers = [...text.matchAll(/(?<![\w.+-])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/g)];
  const found = numbers[pick(uniform, numbers.length)];
  if (found === undefined) return text;
  return text.slice(0, found.index) + change(found[0]) + text.slice(found.index + found[0].length);
}

const edits: Readonly<Record<string, Fault>> = {
  "a line gone": (text, uniform) => withLines(text, uniform, (lines, at) => void lines.splice(at, 1)),
  "a line twice": (text, uniform) => withLines(text, uniform, (lines, at) => void lines.splice(at, 0, lines[at]!)),
  "a line of rubbish": (text, uniform) =>
    withLines(text, uniform, (lines, at) => void lines.splice(at, 0, "?%!\u0007\n")),
  "two lines joined": (text, uniform) =>
    withLines(text, uniform, (lines, at) => {
      lines[at] = lines[at]!.trimEnd();
    }),
  "half a line": (text, uniform) =>
    withLines(text, uniform, (lines, at) => {
      lines[at] = `${lines[at]!.slice(0, pick(uniform, lines[at]!.length))}\n`;
    }),
  "a huge number": (text, uniform) =>
    withNumber(text, uniform, () => ["1e400", "1e308", "9".repeat(25)][pick(uniform, 3)]!),
  "not a number": (text, uniform) =>
    withNumber(text, uniform, () => ["NaN", "Infinity", "null", "0x1F"][pick(uniform, 4)]!),
  "a negative number": (text, uniform) => withNumber(text, uniform, (number) => `-${number}`),
  "another unit": (text, uniform) => withNumber(text, uniform, (number) => String(Number(number) * 1000)),
  "a number gone": (text, uniform) => withNumber(text, uniform, () => ""),
};

/** The same text in another dress. */
const dresses: Readonly<Record<string, (text: string) => Uint8Array>> = {
  "a byte order mark": (text) => new TextEncoder().encode(`\uFEFF${text}`),
  CRLF: (text) => new TextEncoder().encode(text.replaceAll(/\r?\n/g, "\r\n")),
};

const utf16 = (text: string): Uint8Array => {
  const units = new Uint16Array(text.length + 1);
  units[0] = 0xfeff;
  for (let i = 0; i < text.length; i++) units[i + 1] = text.charCodeAt(i);
  return new Uint8Array(units.buffer);
};

function flipped(bytes: Uint8Array, uniform: Uniform): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = pick(uniform, copy.length);
  copy[at] = copy[at]! ^ (1 << pick(uniform, 8));
  return copy;
}

function zeroed(bytes: Uint8Array, uniform: Uniform): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.fill(0, pick(uniform, copy.length));
  return copy;
}

/** So many faulty files of one that is whole, the same ones for the same uniforms; a binary one gets only faults of bytes. */
export function* mutationsOf(bytes: Uint8Array, uniform: Uniform, count: number): Generator<Mutation> {
  const isText = !bytes.includes(0);
  const text = isText ? new TextDecoder().decode(bytes) : "";
  const encode = (edited: string) => new TextEncoder().encode(edited);
  const kinds: (() => Mutation)[] = [
    () => ({ fault: "cut", bytes: bytes.slice(0, pick(uniform, bytes.length)), must: "be a part" }),
    () => ({ fault: "a bit flipped", bytes: flipped(bytes, uniform), must: "differ in few" }),
    () => ({ fault: "zeros to the end", bytes: zeroed(bytes, uniform), must: "be a part" }),
    ...(isText
      ? Object.entries(edits).map(([fault, edit]) => (): Mutation => {
          const edited = edit(text, uniform);
          return { fault, bytes: encode(edited), must: edited === text ? "be the same" : "differ in few" };
        })
      : []),
  ];
  yield { fault: "nothing in it", bytes: new Uint8Array(), must: "be refused" };
  if (isText) {
    for (const [fault, dress] of Object.entries(dresses)) yield { fault, bytes: dress(text), must: "be the same" };
    yield { fault: "UTF-16", bytes: utf16(text), must: "be refused" };
  }
  for (let i = isText ? 4 : 1; i < count; i++) yield kinds[i % kinds.length]!();
}
