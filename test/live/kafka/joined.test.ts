import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { clientName } from "../../../src/live/kafka/clientName.ts";
import { joined } from "../../../src/live/kafka/joined.ts";
import { fakeKafka } from "../pipeline/fakeKafka.ts";

/** Above the most that Linux gives. */
const noPid = 2 ** 22 + 1;
const options = { group: "g", topics: ["t"], from: "earliest", onBatch: async () => {} } as const;

describe("who joins a group", () => {
  it("takes out members whose process on this machine was killed, and nobody else", async () => {
    const removed: unknown[] = [];
    const members = [
      { id: "killed", client: `coldcast@${hostname()}/${noPid}` },
      { id: "running", client: clientName },
      { id: "of another machine", client: `coldcast@elsewhere-${hostname()}/${noPid}` },
      { id: "of another program", client: `kcat@${hostname()}/${noPid}` },
      { id: "without a process", client: `coldcast@${hostname()}/` },
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
