import { useState } from "react";
import { EyeOff, Pin, PinOff, Route } from "lucide-react";
import { Link } from "wouter";
import { recordAddress } from "../../app/addresses";
import { markOf } from "../../app/subjects";
import { FAIR } from "../../marks/bands";
import { Gauge, Person, RecordMark } from "../../marks/marks";
import { PanelSection } from "../../parts/Panel";
import { count } from "../../words/format";
import { words } from "../../words/words";
import { expansionOf } from "./lens";
import { strongestPath, tiesOf, type MapModel, type MapNode, type Path } from "./model";
import { relationshipWords } from "./sentences";

const say = words("map");
const MOST_TIES = 12;
/** From this number on, an expansion asks first. */
const MANY = 200;

interface Props {
  model: MapModel;
  node: MapNode | undefined;
  x: readonly string[];
  path: Path | null;
  from: string;
  root: string;
  select: (id: string) => void;
  toggle: (id: string, relationship: string) => void;
  remove: (id: string) => void;
  togglePin: (id: string) => void;
  choosePath: (id: string) => void;
}

/** The selected node: who it is, what can be expanded, its ties, and its part in the path. */
export function MapPanel(props: Props) {
  const { model, node, x, path, from, root, select, toggle, remove, togglePin, choosePath } = props;
  if (!node) return null;
  const ties = tiesOf(model, node.id);
  const person = node.type === "Contact" || node.type === "User";
  return (
    <>
      <header className="map-who">
        {person ? (
          <Person name={node.name} whose={node.you ? "you" : node.ours ? "ours" : "theirs"} size="lg" />
        ) : (
          <RecordMark kind={markOf(node.type)} />
        )}
        <div>
          <h2>{node.name}</h2>
          {(node.jobTitle ?? node.decides) && (
            <p className="dim">{[node.jobTitle, node.decides ? say("decides") : null].filter(Boolean).join(", ")}</p>
          )}
        </div>
      </header>
      <section className="p-sec">
        <p className="map-says">{sentenceOf(model, node)}</p>
        <div className="map-verbs">
          {node.type === "Contact" && (
            <Link className="btn pri" href={`/way/${node.id}`}>
              <Route aria-hidden="true" /> {say("wayIn")}
            </Link>
          )}
          <Link className="btn" href={recordAddress(node.type, node.id)}>
            {say("open")}
          </Link>
        </div>
      </section>
      <Expansions key={node.id} model={model} node={node} x={x} toggle={toggle} />
      {person && (
        <PanelSection title={say("tiesTitle")} count={ties.length || undefined}>
          {ties.length === 0 && <p className="dim">{say("noTies")}</p>}
          <ul className="map-ties">
            {ties.slice(0, MOST_TIES).map(({ edge, other }) => (
              <li key={edge.key}>
                <Person name={other.name} whose={other.you ? "you" : other.ours ? "ours" : "theirs"} size="xs" />
                <button type="button" className="cut" onClick={() => select(other.id)}>
                  {other.name}
                </button>
                <Gauge value={edge.strength} among={edge.look === "among"} />
              </li>
            ))}
          </ul>
        </PanelSection>
      )}
      {path && <OnPath model={model} node={node} path={path} />}
      <section className="p-sec">
        <div className="map-verbs">
          {person && (
            <button type="button" className="btn sm" onClick={() => choosePath(node.id)}>
              {say(from && from !== node.id ? "endPathHere" : "startPath")} <kbd>P</kbd>
            </button>
          )}
          <button type="button" className="btn sm" aria-pressed={node.pinned} onClick={() => togglePin(node.id)}>
            {node.pinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />}{" "}
            {say(node.pinned ? "unpin" : "pin")}
          </button>
          {node.id !== root && (
            <button type="button" className="btn sm" onClick={() => remove(node.id)}>
              <EyeOff aria-hidden="true" /> {say("remove")}
            </button>
          )}
        </div>
      </section>
    </>
  );
}

/** What Kith concludes about a node from this map. */
function sentenceOf(model: MapModel, node: MapNode): string {
  if (node.ours) return say("whoOurs", { name: node.name, n: tiesOf(model, node.id).length });
  if (node.type === "Contact")
    return node.known > 0
      ? say("whoKnown", { n: Math.round(node.known), known: node.known >= FAIR ? "yes" : "no" })
      : say("whoUnknown", { name: node.name });
  if (node.type === "Account") {
    const people = [...model.nodes.values()].filter(({ type, group }) => type === "Contact" && group === node.id);
    return say("accountSentence", { people: people.length, known: people.filter(({ known }) => known >= FAIR).length });
  }
  return say("whoOther", { n: model.around.get(node.id)?.length ?? 0 });
}

function Expansions({ model, node, x, toggle }: Pick<Props, "model" | "x" | "toggle"> & { node: MapNode }) {
  const [asks, setAsks] = useState("");
  const around = model.around.get(node.id) ?? [];
  const left =
    node.counts.reduce((sum, { count: n }) => sum + n, 0) - new Set(around.map(({ other }) => other.id)).size;
  return (
    <section className="p-sec">
      <h2>
        {say("expand")} <span className="c">{say("countsBefore")}</span>
      </h2>
      {node.counts.length === 0 && <p className="dim">{say("nothingToExpand")}</p>}
      <ul className="map-expand">
        {node.counts.map(({ relationship, count: n }) => {
          const on = x.includes(expansionOf(node.id, relationship));
          return (
            <li key={relationship}>
              <label>
                <input
                  type="checkbox"
                  checked={on}
                  onChange={() => (!on && n > MANY ? setAsks(relationship) : toggle(node.id, relationship))}
                />
                <span>{relationshipWords(relationship)}</span>
                <b className="num">{count(n)}</b>
              </label>
              {asks === relationship && (
                <p className="map-asks" role="alert">
                  {say("many", { n })}{" "}
                  <button
                    type="button"
                    className="btn sm"
                    onClick={() => {
                      setAsks("");
                      toggle(node.id, relationship);
                    }}
                  >
                    {say("addMany", { n })}
                  </button>{" "}
                  <button type="button" className="btn ghost sm" onClick={() => setAsks("")}>
                    {say("keep")}
                  </button>
                </p>
              )}
            </li>
          );
        })}
      </ul>
      {node.counts.length > 0 && <p className="dim">{say("all", { n: Math.max(0, left) })}</p>}
    </section>
  );
}

function OnPath({ model, node, path }: { model: MapModel; node: MapNode; path: Path }) {
  const at = path.ids.indexOf(node.id);
  if (at < 0) return null;
  const ends = [path.ids[0]!, path.ids.at(-1)!] as const;
  const between = at > 0 && at < path.ids.length - 1;
  const without = between ? strongestPath(withoutNode(model, node.id), ...ends) : null;
  return (
    <PanelSection title={say("onPath")}>
      <p>
        {say("hop", { at, of: path.ids.length - 1, score: Math.round(path.strength) })}{" "}
        {between &&
          (without
            ? say("without", { name: node.name, score: Math.round(without.strength) })
            : say("withoutNone", { name: node.name }))}
      </p>
    </PanelSection>
  );
}

function withoutNode(model: MapModel, id: string): MapModel {
  const ties = new Map([...model.ties].map(([one, all]) => [one, all.filter(({ other }) => other.id !== id)]));
  ties.delete(id);
  return { ...model, ties };
}
