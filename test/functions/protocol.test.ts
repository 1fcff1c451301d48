import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { protocol } from "../../src/live/protocol.ts";

const container =
  readFileSync("functions/container/src/lib.rs", "utf8") + readFileSync("functions/container/src/http.rs", "utf8");
const component = readFileSync("functions/component/src/lib.rs", "utf8");

describe("the functions speak the sender's protocol", () => {
  it.each([
    [
      "container",
      container,
      [protocol.work, protocol.workIs, protocol.instance, protocol.age, protocol.workDone, protocol.checksum],
    ],
    ["component", component, [protocol.work, protocol.workIs, protocol.instance, protocol.workDone, protocol.checksum]],
  ] as const)("%s", (_, source, names) => {
    expect(names.filter((name) => !source.includes(name))).toEqual([]);
    expect(source).toContain(protocol.readyPath);
  });
});
