import type { ImportSource } from "./importer.ts";
import { refuse } from "./reading.ts";

/** A value of a gob stream: structs by their fields' names. */
export type GobValue =
  | number
  | string
  | boolean
  | Uint8Array
  | readonly GobValue[]
  | { readonly [field: string]: GobValue };

/** A type as the stream defines it. */
type GobType =
  | { readonly kind: "struct"; readonly fields: readonly { readonly name: string; readonly id: number }[] }
  | { readonly kind: "list"; readonly element: number; readonly length?: number }
  | { readonly kind: "map"; readonly key: number; readonly element: number }
  /** What encodes itself: bytes that only its own program reads. */
  | { readonly kind: "opaque" };

const basic = { bool: 1, int: 2, uint: 3, float: 4, bytes: 5, text: 6 } as const;
const { bool, int, uint, float, bytes, text } = basic;
const [wireType, commonType, fieldType, fieldTypes] = [16, 18, 21, 22];
const struct = (...fields: readonly (readonly [string, number])[]): GobType => ({
  kind: "struct",
  fields: fields.map(([name, id]) => ({ name, id })),
});
/** The types that describe types, which every stream begins with knowing. */
const bootstrap: readonly (readonly [number, GobType])[] = [
  [
    wireType,
    struct(
      ["ArrayT", 17],
      ["SliceT", 19],
      ["StructT", 20],
      ["MapT", 23],
      ["GobEncoderT", 24],
      ["BinaryMarshalerT", 24],
      ["TextMarshalerT", 24],
    ),
  ],
  [17, struct(["CommonType", commonType], ["Elem", int], ["Len", int])],
  [commonType, struct(["Name", text], ["Id", int])],
  [19, struct(["CommonType", commonType], ["Elem", int])],
  [20, struct(["CommonType", commonType], ["Field", fieldTypes])],
  [fieldType, struct(["Name", text], ["Id", int])],
  [fieldTypes, { kind: "list", element: fieldType }],
  [23, struct(["CommonType", commonType], ["Key", int], ["Elem", int])],
  [24, struct(["CommonType", commonType])],
];

/**
 * The values of a stream in Go's gob encoding, which carries the definitions of its own types.
 *
 * @param wanted fields that each value must have, and their types
 * @throws {InputError} where the stream is cut or is none
 * @see Go, package encoding/gob, "Encoding Details"
 */
export function* gobValues(
  source: ImportSource,
  wanted: Readonly<Record<string, keyof typeof basic>>,
): Generator<GobValue> {
  const data = source.bytes();
  const types = new Map(bootstrap);
  let start = 0;
  while (start < data.length) {
    const head = new GobReader(source, data.subarray(start), types);
    const length = head.uint();
    const from = start + head.position;
    if (length === 0 || from + length > data.length)
      refuse(source, `is cut at byte ${start}, or no stream of gob values`);
    const reader = new GobReader(source, data.subarray(from, from + length), types);
    const id = reader.int();
    if (id < 0) types.set(-id, typeOf(source, reader.value(wireType)));
    else {
      const type = types.get(id);
      for (const [name, kind] of Object.entries(wanted)) {
        const field = type?.kind === "struct" ? type.fields.find((each) => each.name === name) : undefined;
        if (field?.id !== basic[kind]) refuse(source, `has no ${name} of type ${kind} in its value at byte ${from}`);
      }
      yield reader.value(id);
    }
    if (reader.position !== length) refuse(source, `has ${length - reader.position} bytes too many at byte ${from}`);
    start = from + length;
  }
}

function typeOf(source: ImportSource, wire: GobValue): GobType {
  const { StructT, SliceT, ArrayT, MapT } = wire as Readonly<
    Record<string, Readonly<Record<string, GobValue>> | undefined>
  >;
  if (StructT !== undefined) {
    const fields = (StructT.Field ?? []) as readonly { readonly Name?: string; readonly Id?: number }[];
    return { kind: "struct", fields: fields.map(({ Name = "", Id = 0 }) => ({ name: Name, id: Id })) };
  }
  if (SliceT !== undefined) return { kind: "list", element: Number(SliceT.Elem) };
  if (ArrayT !== undefined) return { kind: "list", element: Number(ArrayT.Elem), length: Number(ArrayT.Len) };
  if (MapT !== undefined) return { kind: "map", key: Number(MapT.Key), element: Number(MapT.Elem) };
  return Object.keys(wire as object).length === 1 ? { kind: "opaque" } : refuse(source, "defines a type that is none");
}

/** Values within values, past which a stream is none. */
const depthMax = 32;

class GobReader {
  readonly #source: ImportSource;
  readonly #data: Uint8Array;
  readonly #types: ReadonlyMap<number, GobType>;
  #depth = 0;
  position = 0;

  constructor(source: ImportSource, data: Uint8Array, types: ReadonlyMap<number, GobType>) {
    this.#source = source;
    this.#data = data;
    this.#types = types;
  }

  /** Small in one byte; else the negated number of bytes, and those. */
  uint(): number {
    const first = this.#byte();
    if (first < 128) return first;
    let value = 0;
    for (let left = 256 - first; left > 0; left--) value = value * 256 + this.#byte();
    return value;
  }

  /** The sign in the lowest bit. */
  int(): number {
    const value = this.uint();
    return value % 2 === 1 ? -(value - 1) / 2 - 1 : value / 2;
  }

  value(id: number): GobValue {
    if (++this.#depth > depthMax) refuse(this.#source, "holds values nested too deeply");
    try {
      return this.#valueOf(id);
    } finally {
      this.#depth--;
    }
  }

  #valueOf(id: number): GobValue {
    switch (id) {
      case bool:
        return this.uint() === 1;
      case int:
        return this.int();
      case uint:
        return this.uint();
      case float:
        return this.#float();
      case bytes:
        return this.#bytes();
      case text:
        return new TextDecoder().decode(this.#bytes());
    }
    const type = this.#types.get(id);
    switch (type?.kind) {
      case "struct":
        return this.#struct(type.fields);
      case "list":
        return Array.from({ length: this.#size() }, () => this.value(type.element));
      case "map": {
        const entries = Array.from({ length: this.#size() }, () => [
          String(this.value(type.key)),
          this.value(type.element),
        ]);
        return Object.fromEntries(entries);
      }
      case "opaque":
        return this.#bytes();
      default:
        return refuse(this.#source, `uses type ${id}, which it does not define`);
    }
  }

  #struct(fields: readonly { readonly name: string; readonly id: number }[]): GobValue {
    const found: Record<string, GobValue> = {};
    let field = -1;
    for (let step = this.uint(); step > 0; step = this.uint()) {
      field += step;
      const { name, id } = fields[field] ?? refuse(this.#source, "has a field that its type does not define");
      found[name] = this.value(id);
    }
    // What is zero is left out of the stream.
    for (const { name, id } of fields) {
      if (id === int || id === uint || id === float) found[name] ??= 0;
      if (id === text) found[name] ??= "";
    }
    return found;
  }

  /** A number of items, each of a byte at least. */
  #size(): number {
    const size = this.uint();
    return size <= this.#data.length - this.position ? size : refuse(this.#source, "is cut within a list");
  }

  #bytes(): Uint8Array {
    const size = this.#size();
    this.position += size;
    return this.#data.subarray(this.position - size, this.position);
  }

  /** The bytes of the double in reverse, as an unsigned number. */
  #float(): number {
    const first = this.#byte();
    const reversed = new DataView(new ArrayBuffer(8));
    if (first < 128) reversed.setUint8(0, first);
    else for (let left = 256 - first, i = left - 1; left > 0; left--, i--) reversed.setUint8(i, this.#byte());
    return reversed.getFloat64(0, false);
  }

  #byte(): number {
    const byte = this.#data[this.position++];
    return byte ?? refuse(this.#source, "is cut within a value");
  }
}
