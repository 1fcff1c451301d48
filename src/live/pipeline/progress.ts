export interface PartitionProgress {
  /** A record is in hand; call what is returned when it has finished. */
  begin(offset: bigint): () => void;
  /** Whether a record was begun here, now or before. */
  has(offset: bigint): boolean;
  /** Records in hand. */
  readonly size: number;
  /** To be read next by whoever goes on; undefined before the first has finished. */
  readonly offset: bigint | undefined;
}

/**
 * How far a partition is done when its records finish in any order: the offset before which all have finished.
 *
 * @example
 * const progress = partitionProgress();
 * const [first, second] = [progress.begin(5n), progress.begin(6n)];
 * second();
 * progress.offset; // => undefined
 * first();
 * progress.offset; // => 7n
 */
export function partitionProgress(): PartitionProgress {
  const open: { readonly offset: bigint; done: boolean }[] = [];
  let reached: bigint | undefined;
  let begun = -1n;
  return {
    has: (offset) => offset <= begun,
    begin: (offset) => {
      if (offset > begun) begun = offset;
      const entry = { offset, done: false };
      open.push(entry);
      return () => {
        entry.done = true;
        while (open[0]?.done) {
          reached = open.shift()!.offset + 1n;
        }
      };
    },
    get size() {
      return open.length;
    },
    get offset() {
      return reached;
    },
  };
}
