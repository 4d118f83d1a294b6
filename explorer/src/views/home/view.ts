import { House } from "lucide-react";
import { flag, list, oneOf, text } from "../../app/codec";
import { view } from "../../app/registry";
import { HomeDocument, type HomeQuery } from "../../generated/graphql";
import { words } from "../../words/words";

const say = words("home");
const keys = words("keys");

export interface HomeLens {
  /** The filters that are on; a row meets all of them. */
  f: readonly string[];
  /** The sorted column and direction. */
  sort: string;
  as: "table" | "plot";
  /** The selected account. */
  sel: string;
  /** The open receipt. */
  e: string;
  /** All insights instead of the first ones. */
  all: boolean;
}

export default view<HomeQuery, HomeLens>({
  name: "home",
  address: "/",
  title: say("title"),
  area: "home",
  rail: { order: 10, icon: House, letter: "h", bar: true },
  lens: {
    f: list(),
    sort: text("needs ASC"),
    as: oneOf(["table", "plot"], { push: true }),
    sel: text(),
    e: text(),
    all: flag(),
  },
  request: () => ({ document: HomeDocument, variables: {} }),
  requestKey: () => "",
  // A root that failed is null; without a user only the user is.
  main: ({ judged, portfolio, today }) => judged && portfolio && today,
  component: () => import("./Home"),
  keys: [
    { keys: ["J", "K"], does: keys("moveRows") },
    { keys: ["↵"], does: keys("open") },
    { keys: ["E"], does: keys("evidence") },
    { keys: ["L"], does: say("logKey") },
    { keys: ["S"], does: say("snoozeKey") },
    { keys: ["T"], does: say("plotKey") },
    { keys: ["1", "9"], does: say("filterKey") },
  ],
  sample: () => "/",
});
