import { describe, expect, it } from "vitest";
import { clientName } from "../../../src/live/kafka/clientName.ts";
import { joined } from "../../../src/live/kafka/joined.ts";
import { fakeKafka } from "../pipeline/fakeKafka.ts";

/** Above the most that Linux gives. */
const noPid = 2 ** 22 + 1;
/** All but the process id. */
const here = clientName.slice(0, -String(process.pid).length);
const options = { group: "g", topics: ["t"], from: "earliest", onBatch: async () => {} } as const;

describe("who joins a group", () => {
  it("takes out members whose process on this machine was killed, and nobody else", async () => {
    const removed: unknown[] = [];
    const members = [
      { id: "killed", client: `${here}${noPid}` },
      { id: "running", client: clientName },
      { id: "of another machine", client: `${here.replace("@", "@elsewhere-")}${noPid}` },
      { id: "of another container", client: `${here.replace("/", "1/")}${noPid}` },
      { id: "of another program", client: `${here.replace("coldcast", "kcat")}${noPid}` },
      { id: "without a process", client: here },
    ];
    const { kafka, open } = fakeKafka({
      members: async (group) => (group === "g" ? members : []),
      removeMembers: async (group, ids) => void removed.push([group, ids]),
    });
    await joined(kafka, options);
    expect({ removed, open }).toEqual({ removed: [["g", ["killed"]]], open: { producers: 0, consumers: 1 } });
  });

  it("joins all the same where nobody can be taken out", async () => {
    const { kafka, open } = fakeKafka({ members: () => Promise.reject(new Error("not allowed")) });
    await joined(kafka, options);
    expect(open.consumers).toBe(1);
  });
});
