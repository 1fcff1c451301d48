import { describe, expect, it } from "vitest";
import { isReference, readTables, tableKey } from "../../src/scenario/schema/tables.ts";
import { issuesOf, scenario } from "./issuesOf.ts";

type Reference = Readonly<Record<string, unknown>>;

/** The numbers that a reference to a file of this text brings, or what is said against it. */
function read(text: string, reference: Reference = {}): readonly number[] | string[] {
  const mapping = { kind: "empirical", file: "a.csv", ...reference };
  const { columns, problems } = readTables(mapping, () => text);
  return problems.length > 0 ? problems.map(({ message }) => message) : columns.get(tableKey(mapping as never))!;
}

describe("a column of a file", () => {
  it.each<[string, string, Reference, readonly number[]]>([
    ["is the first where nothing is said", "1,9\n2,9\n", {}, [1, 2]],
    ["is taken by its number, from 1", "1,9\n2,8\n", { column: 2 }, [9, 8]],
    ["is taken by its header", "x,y\n1,9\n2,8\n", { column: "y" }, [9, 8]],
    ["may have a number for its header, if that is what names it", "1,2\n5,6\n", { column: "2" }, [6]],
    ["has a header where its first cell is no number", "seconds\n5\n", {}, [5]],
    ["has one where its first cell is empty", ",y\n5,6\n", {}, [5]],
    ["has one where its first cell is infinite", "Infinity\n5\n", {}, [5]],
    ["may stand in quotes, with spaces about it", ' "x" , "y"\n 1 , "2.5" \n', { column: "y" }, [2.5]],
    ["may have quotes within its header", 'a"b",x\n1,2\n', { column: 'a"b"' }, [1]],
    ["may have quotes at the beginning of it", '"a"b,x\n1,2\n', { column: '"a"b' }, [1]],
    ["may begin with a byte order mark, before quotes too", '\uFEFF"x"\n7\n', { column: "x" }, [7]],
    ["may begin with a byte order mark", "\uFEFF7\n8\n", {}, [7, 8]],
    ["may have either line end, and empty lines", "1\r\n\r\n2\n  \n3", {}, [1, 2, 3]],
    ["may fall where it is no trace", "3\n1\n", {}, [3, 1]],
    ["may repeat an instant", "0\n0\n2\n2\n", { kind: "trace" }, [0, 0, 2, 2]],
    ["may have exponents and points", "1e-3\n2E+9\n.5\n-0\n", {}, [0.001, 2e9, 0.5, 0]],
    ["is in nanoseconds", "3\n", { unit: "ns" }, [3e-9]],
    ["is in milliseconds, as a duration's own text would be", "3\n9\n0.7\n", { unit: "ms" }, [0.003, 0.009, 0.0007]],
    ["is in microseconds, either way", "7\n", { unit: "µs" }, [7e-6]],
    ["is in minutes", "2\n", { unit: "min" }, [120]],
    ["is in hours", "2\n", { unit: "h" }, [7200]],
    ["is scaled", "2\n", { unit: "ms", scale: 3 }, [0.006]],
  ])("%s", (_, text, reference, values) => {
    expect(read(text, reference)).toEqual(values);
  });

  it.each<[string, string, Reference, string]>([
    ["a word", "1\ntwelve\n", {}, 'a.csv:2: "twelve" is not a number'],
    ["an empty cell", "1,1\n2,\n", { column: 2 }, 'a.csv:2: "" is not a number'],
    ["a row without the cell", "x,y\n1,2\n3\n", { column: "y" }, 'a.csv:3: "" is not a number'],
    ["an infinity", "1\nInfinity\n", {}, 'a.csv:2: "Infinity" is not a number'],
    ["a negative number", "1\n-2\n", {}, 'a.csv:2: "-2" is negative'],
    ["a falling instant", "at\n1\n2\n5\n4\n", { kind: "trace" }, "a.csv:5: instants must not decrease"],
    ["nothing", "", {}, "a.csv:1: has no numbers"],
    ["only a header", "x\n\n", {}, "a.csv:1: has no numbers"],
    ["no such header", "x, y\n1,2\n", { column: "z" }, 'a.csv:1: has no column "z"; it has x, y'],
    ["no column of that number", "x,y\n1,2\n", { column: 0 }, 'a.csv:1: has no column "0"; it has x, y'],
    ["an unknown unit", "1\n", { unit: "parsec" }, 'a.csv:1: unknown unit "parsec"'],
  ])("is refused for %s", (_, text, reference, message) => {
    expect(read(text, reference)).toEqual([message]);
  });
});

describe("the files that a document names", () => {
  const refused = (file: string) => readTables({ kind: "trace", file }, () => "1\n").problems;

  it.each(["/etc/passwd", "\\\\host\\x", "C:x.csv", "c:/x.csv", "../x.csv", "a/../../x", "a\\..\\x", "..", "a\0.csv"])(
    "lie in the scenario's folder: not %j",
    (file) => {
      expect(refused(file)).toEqual([{ path: ["file"], message: `"${file}" is outside the scenario's folder` }]);
    },
  );

  it.each(["a.csv", "sub/a.csv", "a..b.csv", "...", "sub\\a.csv", "a/b:c.csv", "ab:c.csv"])("may be %s", (file) => {
    expect(refused(file)).toEqual([]);
  });

  it("have a name", () => {
    expect(refused("")).toEqual([{ path: ["file"], message: "write a file name" }]);
  });

  it("are found wherever they stand, each read once for what is taken of it", () => {
    const reads: string[] = [];
    const empirical = (rest: object = {}) => ({ kind: "empirical", file: "a.csv", ...rest });
    const { arrivals, work, network } = scenario(
      {
        arrivals: {
          kind: "superposition",
          of: [
            { kind: "trace", file: "t.csv", scale: 2 },
            { kind: "trace", file: "t.csv" },
            { kind: "trace", file: "t.csv", scale: 1 },
            { kind: "renewal", interval: empirical({ column: "x" }) },
          ],
        },
        work: {
          kind: "mixture",
          of: [
            { weight: 1, of: empirical() },
            { weight: 1, of: empirical({ unit: "ms" }) },
          ],
        },
        network: empirical({ column: 1, unit: "s" }),
      },
      (file) => {
        reads.push(file);
        return "x\n1\n3\n";
      },
    );
    expect(reads).toEqual(["t.csv", "t.csv", "a.csv", "a.csv", "a.csv"]);
    const seconds = { kind: "empirical", values: [1, 3] };
    expect(arrivals).toEqual({
      kind: "superposition",
      of: [
        { kind: "trace", times: [2, 6] },
        { kind: "trace", times: [1, 3] },
        { kind: "trace", times: [1, 3] },
        { kind: "renewal", interval: seconds },
      ],
    });
    expect(work).toMatchObject({ of: [{ of: seconds }, { of: { kind: "empirical", values: [0.001, 0.003] } }] });
    expect(network).toEqual(seconds);
  });

  it.each<[string, unknown, string]>([
    ["is not there", { code: "ENOENT" }, "there is no such file"],
    ["is locked", { code: "EACCES" }, "permission denied"],
    ["is a folder", { code: "EISDIR" }, "it is a folder"],
    ["fails otherwise", new Error("EIO: i/o error"), "EIO: i/o error"],
    ["fails without a message", "no luck", "no luck"],
  ])("are told where one %s, at its place", (_, error, reason) => {
    const readText = () => {
      throw error;
    };
    expect(issuesOf({ work: { kind: "shifted", by: 0, of: { kind: "empirical", file: "a.csv" } } }, readText)).toEqual([
      `work.of.file: cannot read "a.csv": ${reason}`,
    ]);
  });

  it("are refused where nobody can read them", () => {
    expect(issuesOf({ work: { kind: "empirical", file: "a.csv" } })).toEqual([
      "work.file: files cannot be read here; write the numbers into the scenario",
    ]);
  });

  it("are told of a hundred times at most", () => {
    const many = Array.from({ length: 120 }, (_, i) => ({ kind: "trace", file: `../${i}` }));
    const { problems } = readTables({ of: many }, () => "1");
    expect(problems.map(({ path }) => path)).toEqual(many.slice(0, 100).map((_, i) => ["of", i, "file"]));
  });

  it("are named by a trace or an empirical law, with texts and numbers", () => {
    const named = { kind: "trace", file: "a.csv" };
    expect(isReference(named)).toBe(true);
    expect(isReference({ ...named, kind: "empirical", column: "x", unit: "ms", scale: 2 })).toBe(true);
    for (const not of [{ kind: "discrete" }, { file: 3 }, { column: [1] }, { unit: {} }, { scale: null }]) {
      expect(isReference({ ...named, ...not }), JSON.stringify(not)).toBe(false);
    }
    expect(issuesOf({ work: { kind: "empirical", file: "a.csv", column: [1] } }, () => "1")).toEqual([
      "work.column: write a column's header, or its number from 1",
    ]);
  });
});
