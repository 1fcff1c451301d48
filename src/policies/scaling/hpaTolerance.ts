import { hpaConstants } from "./hpaConstants.ts";

/** How far below and above 1 a usage ratio may be without any change; dimensionless, ≥ 0. */
export interface HpaTolerance {
  readonly down: number;
  readonly up: number;
}

export const defaultTolerance: HpaTolerance = { down: hpaConstants.tolerance, up: hpaConstants.tolerance };

/**
 * Whether a usage ratio is so close to 1 that nothing changes; never for NaN, which asks for a fresh count.
 *
 * @see kubernetes pkg/controller/podautoscaler/replica_calculator.go, Tolerances (v1.33)
 * @example
 * withinTolerance(1.1, { down: 0.1, up: 0.1 }) // => true
 */
export const withinTolerance = (usageRatio: number, { down, up }: HpaTolerance): boolean =>
  1 - down <= usageRatio && usageRatio <= 1 + up;
