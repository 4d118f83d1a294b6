import { Waypoints } from "lucide-react";
import { text } from "../../app/codec";
import { view } from "../../app/registry";
import { MapStartDocument, type MapStartQuery } from "../../generated/graphql";
import { ROW_KEYS } from "../../parts/keys";
import { words } from "../../words/words";

const say = words("map");

export interface MapStartLens {
  q: string;
  sel: string;
}

export default view<MapStartQuery, MapStartLens>({
  name: "map-start",
  address: "/map",
  title: say("title"),
  area: "map",
  rail: { order: 50, icon: Waypoints, letter: "m", bar: true },
  lens: { q: text(), sel: text() },
  request: (_params, { q }) => {
    const wanted = q.trim();
    return { document: MapStartDocument, variables: { text: wanted, search: wanted !== "" } };
  },
  requestKey: ({ q }) => q.trim(),
  main: (data) => data,
  component: () => import("./MapStart"),
  keys: ROW_KEYS,
  sample: () => "/map",
});
