/** A stream of independent uniform numbers in [0, 1), each a multiple of 2⁻⁵³. */
export type Source = () => number;

/** The name of a stream: the seed first, then what it is for, such as `[7, "faas", "podStart", 0]`. */
export type StreamName = readonly (number | string)[];

/**
 * The random stream of one name: the same name gives the same numbers everywhere.
 *
 * xoshiro128++ seeded by a hash of the whole name, so that a new purpose shifts no other stream.
 * Two 32-bit outputs make one 53-bit number.
 *
 * @param name the seed, then the purpose; numbers and strings are told apart
 * @returns a function whose every call yields the next number in [0, 1)
 * @see Blackman & Vigna, Scrambled linear pseudorandom number generators, ACM TOMS 47 (2021)
 * @example
 * const uniform = source(7, "arrivals");
 * uniform() === source(7, "arrivals")() // => true
 */
export function source(...name: StreamName): Source {
  const [a, b, c, d] = hash(name);
  let s0 = a;
  let s1 = b;
  let s2 = c;
  let s3 = d;

  return () => {
    let sum = (s0 + s3) | 0;
    const high = (((sum << 7) | (sum >>> 25)) + s0) >>> 0;
    let shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);

    sum = (s0 + s3) | 0;
    const low = (((sum << 7) | (sum >>> 25)) + s0) >>> 0;
    shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);

    return (high * 2_097_152 + (low >>> 11)) * 2 ** -53;
  };
}

/** Four well-mixed 32-bit words of a name; never all zero, which is the one state xoshiro cannot leave. */
function hash(name: StreamName): readonly [number, number, number, number] {
  const words = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef];
  const text = JSON.stringify(name);
  for (let i = 0; i < text.length; i++) {
    for (let k = 0; k < 4; k++) {
      words[k] = mix((words[k]! ^ (text.charCodeAt(i) + k * 0x01000193)) + words[(k + 1) & 3]!);
    }
  }
  for (let k = 0; k < 4; k++) words[k] = mix(words[k]! + words[(k + 3) & 3]!);
  return [words[0]! | 1, words[1]!, words[2]!, words[3]!];
}

/** The finaliser of MurmurHash3 (public domain): every input bit reaches every output bit. */
function mix(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
