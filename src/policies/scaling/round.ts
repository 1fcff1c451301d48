/**
 * A number rounded to decimal digits, half away from zero as Go's `math.Round` does.
 *
 * @param digits how many decimals, an integer ≥ 0
 * @example
 * roundToDigits(1.2345, 3) // => 1.235
 */
export function roundToDigits(value: number, digits: number): number {
  const scale = 10 ** digits;
  return roundHalfAway(value * scale) / scale;
}

/** The nearest integer, half away from zero; never −0, which JSON and equality would tell apart. */
export function roundHalfAway(value: number): number {
  const size = Math.abs(value);
  const whole = Math.floor(size);
  const rounded = size - whole >= 0.5 ? whole + 1 : whole;
  return rounded === 0 ? 0 : Math.sign(value) * rounded;
}
