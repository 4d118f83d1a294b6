import { recallAddress } from "../../app/links";
import { view } from "../../app/registry";
import { MapLinkDocument, type MapLinkQuery } from "../../generated/graphql";
import { words } from "../../words/words";

const say = words("map");

export default view<MapLinkQuery, object>({
  name: "map-link",
  address: "/map/s/:hash",
  title: say("title"),
  area: "map",
  lens: {},
  request: async () => {
    await recallAddress();
    return { document: MapLinkDocument, variables: {} };
  },
  main: (data) => data,
  component: () => import("./MapLink"),
});
