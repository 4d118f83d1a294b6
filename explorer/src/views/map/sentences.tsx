import { words } from "../../words/words";
import { capitalized, humanized } from "../../words/format";
import { knownOf, type MapModel, type MapNode, type Path, type Tie } from "./model";

const say = words("map");

const RELATIONSHIPS: Readonly<Record<string, Parameters<typeof say>[0]>> = {
  knows: "knows",
  contacts: "contacts",
  accounts: "accounts",
  manager: "manager",
  reports: "reports",
  opportunities: "opportunities",
  activities: "activities",
  stakeholders: "stakeholders",
  playsRoleIn: "playsRoleIn",
  parent: "parentOf",
  children: "children",
  team: "team",
};

/** The words for a relationship; one that has none is named as in the schema. */
export function relationshipWords(name: string): string {
  const key = RELATIONSHIPS[name];
  return key ? say(key) : capitalized(humanized(name));
}

/** The words for a type of relationship, such as `WORKS_AT`. */
export function typeWords(type: string): string {
  return type === "KNOWS" ? say("tieKind") : humanized(type);
}

/** A node in words, for screen readers. */
export function spokenNode(model: MapModel, id: string): string {
  const node = model.nodes.get(id)!;
  return say("spokenNode", {
    name: node.name,
    title: node.jobTitle ?? "none",
    ours: node.ours ? "yes" : "no",
    n: model.around.get(id)?.length ?? 0,
  });
}

/** A step along a relationship in words: “tie 96, Nelna Beckbury, ours, 1 of 4”. */
export function spokenTie({ edge, other }: Tie, at: number, of: number): string {
  const slots = { name: other.name, at, of, ours: other.ours ? "yes" : "no" };
  return edge.strength === null
    ? say("spokenLine", { ...slots, type: typeWords(edge.type) })
    : say("spokenTie", { ...slots, score: Math.round(edge.strength) });
}

/** Names with “and” before the last one. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length > 1 ? say("and", { names: names.slice(0, -1).join(", "), last }) : last;
}

interface Props {
  model: MapModel;
  path: Path | null;
  given: readonly string[];
}

/** The verdict: the strongest way, or how many of their people we know and through whom best. */
export function Sentence({ model, path, given }: Props) {
  const name = (id: string | undefined) => {
    const node = model.nodes.get(id ?? "");
    return node ? (node.you ? say("you_") : node.name) : "";
  };
  if (given.length > 1) {
    const slots = { from: name(given[0]), to: name(given.at(-1)) };
    if (!path) return say("verdictNoPath", slots);
    const between = path.ids.slice(1, -1).map(name);
    return say.rich("verdictPath", {
      ...slots,
      score: String(Math.round(path.strength)),
      n: between.length,
      through: <b key="through">{listed(between)}</b>,
    });
  }
  const { known, people } = knownOf(model);
  if (people === 0) return say("verdictNobody");
  if (known === 0) return say("verdictNoneKnown", { people });
  const best = strongest(model);
  return say.rich("verdict", {
    known: String(known),
    people,
    best: best ? "yes" : "no",
    us: <b key="us">{best ? name(best.us.id) : ""}</b>,
    them: <b key="them">{best?.them.name ?? ""}</b>,
    score: best ? String(Math.round(best.strength)) : "",
  });
}

/** The people whom the verdict names. */
export function namedIn(model: MapModel, path: Path | null): readonly string[] {
  if (path) return path.ids;
  const best = strongest(model);
  return best ? [best.us.id, best.them.id] : [];
}

function strongest(model: MapModel): { us: MapNode; them: MapNode; strength: number } | null {
  let found: { us: MapNode; them: MapNode; strength: number } | null = null;
  for (const { from, to, strength, type } of model.edges) {
    const [one, other] = [model.nodes.get(from)!, model.nodes.get(to)!];
    if (type !== "KNOWS" || one.ours === other.ours || strength === null) continue;
    const [us, them] = one.ours ? [one, other] : [other, one];
    if (!found || strength > found.strength) found = { us, them, strength };
  }
  return found;
}
