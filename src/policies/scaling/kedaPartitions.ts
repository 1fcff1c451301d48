import { check, InputError } from "../../base/check.ts";

/** Kafka numbers partitions with 32 bits; a range of more than this many is a slip, not a topic. */
const partitionsMax = 1_000_000;

/**
 * The partitions a `partitionLimitation` names: numbers and ranges, separated by commas.
 *
 * @returns in the order written, repeats included; a range that falls is empty
 * @throws {InputError} for anything that is neither a number nor a range of two
 * @see kedacore/keda pkg/scalers/kafka_scaler.go, parsePartitionLimitation (v2.20)
 * @example
 * parsePartitionLimitation("1-3, 8") // => [1, 2, 3, 8]
 */
export function parsePartitionLimitation(text: string): readonly number[] {
  return text.split(",").flatMap((part) => {
    const ends = part.split("-").map((end) => partitionNumber(end));
    const [first, last = first] = ends;
    if (ends.length > 2 || first === undefined || last === undefined || ends.includes(undefined)) {
      const message = `${JSON.stringify(part.trim())} is neither a partition nor a range such as 1-4`;
      throw new InputError("trigger metadata", [{ path: "partitionLimitation", message }]);
    }
    check(
      last - first < partitionsMax,
      "parsePartitionLimitation",
      `a range must be under ${partitionsMax} long`,
      part,
    );
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
}

function partitionNumber(text: string): number | undefined {
  const digits = text.trim();
  const value = Number(digits);
  return /^\+?\d+$/.test(digits) && value < 2 ** 31 ? value : undefined;
}

/**
 * The partitions of a topic that are looked at.
 *
 * @param limitation the ones to look at; null: all
 * @throws {RangeError} if none is left, which fails the trigger
 * @see kedacore/keda pkg/scalers/kafka_scaler.go, getTopicPartitions (v2.20)
 * @example
 * activePartitions([0, 1, 2, 3], [1, 2, 9]) // => [1, 2]
 */
export function activePartitions(
  partitions: readonly number[],
  limitation: readonly number[] | null,
): readonly number[] {
  const active = limitation === null ? partitions : partitions.filter((partition) => limitation.includes(partition));
  check(active.length > 0, "activePartitions", "at least one partition must be active", `[${partitions.join(", ")}]`);
  return active;
}
