import { useCallback, useMemo, useRef, useState } from "react";
import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import { markOf } from "../../app/subjects";
import type { MapQuery } from "../../generated/graphql";
import { Person, RecordMark } from "../../marks/marks";
import { Page, type Head } from "../../parts/Page";
import { Verdict } from "../../parts/Verdict";
import { accountHead } from "../../subjects/account";
import { contactSubject } from "../../subjects/contact";
import { dealSubject } from "../../subjects/deal";
import { humanized } from "../../words/format";
import { words } from "../../words/words";
import { Controls } from "./Controls";
import { usePlaces } from "./layout";
import { expansionOf, type MapLens } from "./lens";
import "./map.css";
import { Legend, Tools } from "./Legend";
import { MapActions } from "./MapActions";
import { MapPanel } from "./MapPanel";
import { MapTables } from "./MapTables";
import { modelOf, nearest, pathOf, tiesOf, type Direction, type Tie } from "./model";
import { Picture, type PictureHandle } from "./Picture";
import { canDraw } from "./scene";
import { namedIn, spokenNode, spokenTie, Sentence } from "./sentences";
import { useSteps } from "./steps";

const say = words("map");
type Subject = NonNullable<MapQuery["subject"]>;

/** Show me, and let me walk. */
export default function MapView({ data, lens, setLens }: ViewProps<MapQuery, MapLens>) {
  const subject = data.subject!;
  const found = data.subgraph!;
  const me = data.me?.user?.id;
  const { x, path: given, no, pin, us, by, hide } = lens;
  // The model depends on these parts of the address alone, so that a selection lays nothing out again.
  const key = [no, pin, us, hide].join(" ");
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const model = useMemo(() => modelOf(found, lens, me), [found, key, me]);
  const places = usePlaces(model, by !== "account");
  const [drawable] = useState(canDraw);
  const asTable = lens.as === "table" || !drawable;
  const picture = useRef<PictureHandle>(null);
  const [spoken, setSpoken] = useState("");
  const [from, setFrom] = useState("");
  const path = useMemo(() => pathOf(model, given), [model, given]);
  const pathIds = useMemo(() => path?.ids ?? [], [path]);
  const named = useMemo(() => [...namedIn(model, path), subject.id], [model, path, subject.id]);
  const selected = model.nodes.get(lens.sel);
  // Without a selection the keys act on the subject, which the panel shows too.
  const current = selected ?? model.nodes.get(subject.id);
  const { step, undo, redo, canUndo, canRedo } = useSteps(lens, setLens);

  const select = useCallback(
    (id: string) => {
      setLens({ sel: id });
      picture.current?.show(id);
    },
    [setLens],
  );
  const jump = (id: string | undefined) => {
    if (id === undefined) return;
    select(id);
    setSpoken(spokenNode(model, id));
  };
  const walk = useWalk(current?.id ?? "", (id) => [...(model.around.get(id) ?? [])]);
  const along = (by: number) => {
    const tie = walk(by);
    if (!tie) return;
    select(tie.other.id);
    setSpoken(spokenTie(tie, tie.at, tie.of));
  };
  const toggle = (id: string, relationship: string) => {
    const one = expansionOf(id, relationship);
    step({ x: x.includes(one) ? x.filter((other) => other !== one) : [...x, one] });
  };
  const remove = (id: string) => {
    if (id === subject.id) return;
    step({ no: [...no, id], sel: tiesOf(model, id)[0]?.other.id ?? "" });
    setSpoken(say("removed", { name: model.nodes.get(id)!.name }));
  };
  const togglePin = (id: string) => {
    const node = model.nodes.get(id)!;
    const place = places.get(id) ?? node;
    const others = pin.filter((one) => !one.startsWith(`${id}:`));
    const at = `${id}:${place.x.toFixed(2)}:${place.y.toFixed(2)}`;
    step({ pin: node.pinned ? others : [...others, at] });
    setSpoken(say(node.pinned ? "isUnpinned" : "isPinned", { name: node.name }));
  };
  const choosePath = (id: string) => {
    if (!from || from === id || !model.nodes.has(from)) setFrom(id);
    else {
      setFrom("");
      step({ path: [from, id] });
    }
  };
  const endPath = () => {
    setFrom("");
    step({ path: [] });
  };

  const act = (verb: (id: string) => void) => () => current && verb(current.id);
  const go = (direction: Direction) => jump(nearest(places, current?.id ?? "", direction));
  useKeys({
    ...(asTable
      ? {}
      : {
          ArrowLeft: () => go("ArrowLeft"),
          ArrowRight: () => go("ArrowRight"),
          ArrowUp: () => go("ArrowUp"),
          ArrowDown: () => go("ArrowDown"),
        }),
    "Shift+ArrowRight": () => along(1),
    "Shift+ArrowDown": () => along(1),
    "Shift+ArrowLeft": () => along(-1),
    "Shift+ArrowUp": () => along(-1),
    x: act((id) => toggle(id, bestExpansion(model.nodes.get(id)!.counts))),
    Backspace: act(remove),
    n: act(togglePin),
    p: act(choosePath),
    z: undo,
    "Shift+Z": redo,
    t: () => setLens({ as: lens.as === "table" ? "picture" : "table" }),
    "0": () => picture.current?.fit(),
    "+": () => picture.current?.zoom(true),
    "Shift++": () => picture.current?.zoom(true),
    "-": () => picture.current?.zoom(false),
  });

  const names = { model, path, given, from };
  return (
    <Page
      head={headOf(subject, model.nodes.get(subject.id)?.name)}
      actions={
        <MapActions
          lens={lens}
          setLens={setLens}
          drawable={drawable}
          model={model}
          places={places}
          picture={picture}
          undo={canUndo ? undo : null}
          redo={canRedo ? redo : null}
        />
      }
      verdict={
        <div className="map-top">
          <Verdict wide>
            <Sentence {...names} />
          </Verdict>
          <Controls lens={lens} setLens={setLens} {...names} endPath={endPath} />
        </div>
      }
      panel={
        <MapPanel
          model={model}
          node={current}
          x={x}
          path={path}
          from={from}
          root={subject.id}
          select={select}
          toggle={toggle}
          remove={remove}
          togglePin={togglePin}
          choosePath={choosePath}
        />
      }
      honesty={{
        says: say("honesty", {
          nodes: model.nodes.size,
          edges: model.edges.length,
          folded: model.folded.length,
          removed: no.length,
        }),
        unfinished: found.truncated,
        hidden: found.withheld,
      }}
      moment={lens.at}
      toNow={() => setLens({ at: "" })}
    >
      {found.truncated && (
        <p className="map-note" role="status">
          {say("truncated", { n: found.nodes.length })}
        </p>
      )}
      {found.missing.length > 0 && (
        <p className="map-note" role="status">
          {say("missing", { n: found.missing.length })}
        </p>
      )}
      {!drawable && (
        <p className="map-note" role="status">
          {say("noWebgl")}
        </p>
      )}
      {asTable ? (
        <MapTables model={model} selected={lens.sel} select={select} communities={by === "community"} />
      ) : (
        <div className="map-picture">
          <Picture
            handle={picture}
            model={model}
            places={places}
            circles={by === "account"}
            selected={lens.sel}
            path={pathIds}
            named={named}
            select={select}
            spoken={spoken}
          />
          <Tools picture={picture} pinned={current ? current.pinned : null} togglePin={act(togglePin)} />
          <Legend />
        </div>
      )}
    </Page>
  );
}

/** Walks the relationships of a node one after the other; the start stays until another node is selected by hand. */
function useWalk(
  selected: string,
  around: (id: string) => Tie[],
): (by: number) => (Tie & { at: number; of: number }) | null {
  const state = useRef({ start: "", at: -1, last: "" });
  return (by) => {
    const { current } = state;
    if (selected !== current.last || !current.start) Object.assign(current, { start: selected, at: -1 });
    const ties = around(current.start);
    if (ties.length === 0) return null;
    current.at = current.at < 0 && by < 0 ? ties.length - 1 : (current.at + by + ties.length) % ties.length;
    const tie = ties[current.at]!;
    current.last = tie.other.id;
    return { ...tie, at: current.at + 1, of: ties.length };
  };
}

/** The relationship that the key expands: ties where there are any, and else the one with the fewest records. */
function bestExpansion(counts: readonly { relationship: string; count: number }[]): string {
  const few = [...counts].sort((one, other) => one.count - other.count)[0];
  return counts.find(({ relationship }) => relationship === "knows")?.relationship ?? few?.relationship ?? "knows";
}

function headOf(subject: Subject, name = say("title")): Head {
  if (subject.__typename === "Account") return accountHead(subject);
  if (subject.__typename === "Contact") {
    const { id, name, jobTitle, timeline } = subject;
    const account = subject.accounts.nodes[0];
    return {
      ...(account ? { crumbs: [{ label: account.name, href: `/account/${account.id}` }] } : {}),
      mark: <Person name={name} whose="theirs" />,
      title: name,
      detail: jobTitle ?? undefined,
      subject: contactSubject(id, name),
      counts: { timeline: timeline.totalCount, people: account?.contacts.totalCount },
    };
  }
  if (subject.__typename === "User") return { title: subject.name, mark: <Person name={subject.name} whose="ours" /> };
  const { __typename: type, id } = subject;
  if (type === "Opportunity") return { title: name, mark: <RecordMark kind="deal" />, subject: dealSubject(id, name) };
  return {
    title: name,
    tag: humanized(type),
    mark: <RecordMark kind={markOf(type)} />,
    subject: { type, kind: "record", id, name },
  };
}
