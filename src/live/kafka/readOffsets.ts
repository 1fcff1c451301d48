interface Read {
  message: bigint;
  upTo: bigint;
}

export interface ReadOffsets {
  /** A message was read. */
  message(topic: string, partition: number, offset: bigint): void;
  /** Everything was read up to here, what no reader sees included. */
  upTo(topic: string, partition: number, offset: bigint): void;
  /** The offset to commit in place of one: past the ends of transactions, if nothing else is between. */
  past(topic: string, partition: number, offset: bigint): bigint;
}

/**
 * How far partitions were read: up to which message, and how much further, past the ends of transactions.
 *
 * @example
 * const read = readOffsets();
 * read.message("t", 0, 6n);
 * read.upTo("t", 0, 7n);
 * [read.past("t", 0, 6n), read.past("t", 0, 7n)] // => [6n, 8n]
 */
export function readOffsets(): ReadOffsets {
  const partitions = new Map<string, Read>();
  const of = (topic: string, partition: number): Read => {
    const name = `${topic}/${partition}`;
    const known = partitions.get(name) ?? { message: -1n, upTo: -1n };
    partitions.set(name, known);
    return known;
  };
  return {
    message: (topic, partition, offset) => void Object.assign(of(topic, partition), { message: offset }),
    upTo: (topic, partition, offset) => void Object.assign(of(topic, partition), { upTo: offset }),
    past: (topic, partition, offset) => {
      const { message, upTo } = of(topic, partition);
      return offset === message + 1n && upTo >= offset ? upTo + 1n : offset;
    },
  };
}
