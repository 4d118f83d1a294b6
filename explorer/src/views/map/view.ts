import { Waypoints } from "lucide-react";
import { view } from "../../app/registry";
import { MapDocument, type MapQuery } from "../../generated/graphql";
import { words } from "../../words/words";
import { expansions, LENS, sinceDay, type MapLens } from "./lens";

const say = words("map");

export default view<MapQuery, MapLens>({
  name: "map",
  address: "/map/:id/:slug?",
  title: say("title"),
  area: "map",
  tab: { subject: ["account", "contact", "deal", "record"], label: say("title"), icon: Waypoints, order: 9 },
  lens: LENS,
  request: ({ id = "" }, { x, path, ties, since, by, at }) => ({
    document: MapDocument,
    variables: {
      id,
      start: [id],
      expand: expansions(x),
      include: path,
      min: ties,
      since: sinceDay(since),
      at: at ? `${at}T23:59:59Z` : null,
      communities: by === "community",
    },
  }),
  requestKey: ({ x, path, ties, since, by, at }) => [x, path, ties, since, by === "community", at],
  main: (data) => data.subject,
  component: () => import("./MapView"),
  keys: [
    { keys: ["←", "↑", "→", "↓"], does: say("walkKey") },
    { keys: ["X"], does: say("expandKey") },
    { keys: ["P"], does: say("pathKey") },
    { keys: ["T"], does: say("tableKey") },
    { keys: ["⇧", "←", "→"], does: say("edgesKey") },
    { keys: ["⌫"], does: say("removeKey") },
    { keys: ["N"], does: say("pinKey") },
    { keys: ["+", "−", "0"], does: say("zoomKey") },
    { keys: ["Z", "⇧Z"], does: say("undoKey") },
  ],
  sample: ({ employer, target, user }) => `/map/${employer}?path=${user},${target}&sel=${target}`,
});
