import { Users } from "lucide-react";
import { listLens, listVariables } from "../../app/lists";
import { view } from "../../app/registry";
import { PeopleDocument, type PeopleQuery } from "../../generated/graphql";
import { ROW_KEYS } from "../../parts/keys";
import type { ListLens } from "../../parts/ListPage";
import { words } from "../../words/words";
import { PEOPLE } from "./list";

const say = words("people");

export default view<PeopleQuery, ListLens>({
  name: "people",
  address: "/people",
  title: say("title"),
  area: "people",
  rail: { order: 30, icon: Users, letter: "p", own: { f: ["mine"] } },
  lists: "Contact",
  lens: listLens("name ASC"),
  request: (_params, lens) => ({ document: PeopleDocument, variables: listVariables(PEOPLE, lens) }),
  requestKey: (lens) => listVariables(PEOPLE, lens),
  main: (data) => data.contacts,
  component: () => import("./People"),
  keys: ROW_KEYS,
  sample: () => "/people",
});
