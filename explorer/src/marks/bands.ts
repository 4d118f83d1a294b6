/** The thresholds of ties and scores, on every gauge. */
export const FAIR = 40;
export const GOOD = 60;

export type Band = "good" | "fair" | "poor";

export function bandOf(value: number): Band {
  return value >= GOOD ? "good" : value >= FAIR ? "fair" : "poor";
}
