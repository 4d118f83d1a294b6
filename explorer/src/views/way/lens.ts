import { integer, list, text, type Fields } from "../../app/codec";

export interface WayLens {
  /** The id of the colleague who needs the introduction; empty is the reader. */
  from: string;
  /** The most hops of a way. */
  hops: number;
  /** The ids of the people who are left out. */
  not: readonly string[];
  /** The way that is picked, from 1. */
  pick: number;
}

export const MOST_HOPS = 6;

export const LENS: Fields<WayLens> = {
  from: text("", { push: true }),
  hops: integer(3, 1, MOST_HOPS, { push: true }),
  not: list({ push: true }),
  pick: integer(1, 1, 3),
};
