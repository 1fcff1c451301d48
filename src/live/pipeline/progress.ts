export interface PartitionProgress {
  /** A record is in hand; call what is returned when it has finished. */
  begin(offset: bigint): () => void;
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
  return {
    begin: (offset) => {
      const entry = { offset, done: false };
      open.push(entry);
      return () => {
        entry.done = true;
        while (open[0]?.done) {
          const next = open.shift()!.offset + 1n;
          // After a rebalance a record may be read again.
          if (reached === undefined || next > reached) reached = next;
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
