import { check } from "../base/check.ts";

/**
 * The discrete Fourier transform in place: X[k] = Σ x[n]·e^(−2πikn/N), by the radix-2 algorithm. O(N log N).
 *
 * @param re real parts; the length is a power of two
 * @param im imaginary parts, of the same length
 * @param inverse e^(+2πikn/N) and a factor 1/N
 * @throws {RangeError} if the length is not a power of two
 * @see Cooley & Tukey, Math. Comput. 19 (1965) 297
 */
export function fourier(re: Float64Array, im: Float64Array, inverse = false): void {
  const size = re.length;
  check(size >= 1 && (size & (size - 1)) === 0 && im.length === size, "fourier", "length must be a power of two", size);
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  for (let span = 1; span < size; span *= 2) {
    for (let k = 0; k < span; k++) {
      // Every twiddle factor afresh: a recurrence would lose digits.
      const angle = ((inverse ? 1 : -1) * Math.PI * k) / span;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let i = k; i < size; i += 2 * span) {
        const j = i + span;
        const br = re[j]! * cos - im[j]! * sin;
        const bi = re[j]! * sin + im[j]! * cos;
        const ar = re[i]!;
        const ai = im[i]!;
        re[j] = ar - br;
        im[j] = ai - bi;
        re[i] = ar + br;
        im[i] = ai + bi;
      }
    }
  }
  if (!inverse) return;
  for (let i = 0; i < size; i++) {
    re[i]! /= size;
    im[i]! /= size;
  }
}
