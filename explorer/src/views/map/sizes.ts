import { FAIR } from "../../marks/bands";
import type { MapNode } from "./model";

interface Size {
  /** The radius in the unit of the map. */
  unit: number;
  /** The least and the greatest radius on the screen when the whole map is shown. */
  least: number;
  most: number;
}

const SIZES = {
  ours: { unit: 0.8, least: 5, most: 16 },
  known: { unit: 0.45, least: 4, most: 9 },
  other: { unit: 0.33, least: 2.75, most: 6.5 },
} as const satisfies Record<string, Size>;

export type SizeOf = keyof typeof SIZES;

export function sizeOf(node: MapNode): SizeOf {
  if (node.ours) return "ours";
  return node.known >= FAIR || node.group === node.id ? "known" : "other";
}

/** The radius of a mark on the screen while the whole map is shown, with so many pixels to the unit of the map. */
export function radiusOf(size: SizeOf, fit: number): number {
  const { unit, least, most } = SIZES[size];
  return Math.min(most, Math.max(least, unit * fit));
}

const THINNEST = 0.75;
const THICKEST = 6.3;
/** From so many pixels to the unit on, ties have their full width; below, at least half of it. */
const WIDE = 18;

/** The width of a tie, 0 to 100, on the screen. */
export function widthOf(strength: number, fit: number): number {
  const share = Math.min(1, Math.max(0.5, fit / WIDE));
  return THINNEST + ((THICKEST - THINNEST) * share * strength) / 100;
}

/** From this radius on, a mark of ours has initials. */
export const INITIALS_FROM = 9;
