import type { KeyboardEvent, ReactNode } from "react";
import { useLocation } from "wouter";
import { hitGroups } from "../../app/paletteItems";
import type { ViewProps } from "../../app/registry";
import { pinned, recent, useStore, type Subject } from "../../app/session";
import { markOf, PEOPLE } from "../../app/subjects";
import type { MapStartQuery } from "../../generated/graphql";
import { Person, RecordMark } from "../../marks/marks";
import { Filters } from "../../parts/Filters";
import { Page } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { Verdict } from "../../parts/Verdict";
import { words } from "../../words/words";
import type { MapStartLens } from "./view";
import "./map-start.css";

const say = words("map");

interface Start {
  id: string;
  name: string;
  detail: string;
  mark: ReactNode;
  /** Why it is in the list. */
  why: string;
}

const COLUMNS: readonly Column<Start>[] = [
  {
    key: "name",
    label: say("startName"),
    heading: true,
    phone: "main",
    cell: ({ mark, name }) => (
      <span className="start-name">
        {mark} <span className="cut">{name}</span>
      </span>
    ),
  },
  { key: "detail", label: say("startDetail"), phone: "under", cell: ({ detail }) => detail },
  { key: "why", label: say("startWhy"), width: "110px", phone: "end", cell: ({ why }) => why },
];

/** Asks for the subject of a map: one of the recent and the pinned, or one that is found by name. */
export default function MapStart({ data, lens, setLens }: ViewProps<MapStartQuery, MapStartLens>) {
  const [, navigate] = useLocation();
  const pins = useStore(pinned);
  const seen = useStore(recent);
  const me = data.mine?.user;
  const searched = lens.q.trim() !== "";
  const known = (why: string) => (subject: Subject) => startOf(subject, why, me?.id);
  const mine = (me?.accounts.nodes ?? []).map(({ id, name, city }) => ({
    type: "Account",
    id,
    name,
    ...(city ? { detail: city } : {}),
  }));
  const rows = searched
    ? hitGroups(data.search ?? [], null, me?.id).flatMap(({ label, items }) =>
        items.map(({ id, name, detail, mark }) => ({ id, name, detail: detail ?? "", mark, why: label })),
      )
    : once([
        ...pins.map(known(say("startPinned"))),
        ...seen.map(known(say("startRecent"))),
        ...mine.map(known(say("startMine"))),
      ]);
  const open = (id: string) => navigate(`/map/${id}`);
  const fromField = (event: KeyboardEvent<HTMLElement>) => {
    const field = (event.target as HTMLElement).closest("input");
    const first = rows[0];
    if (!field || !first) return;
    if (event.key === "Enter") open(first.id);
    else if (event.key === "ArrowDown") {
      event.preventDefault();
      field.blur();
      setLens({ sel: first.id });
    }
  };
  return (
    <Page
      head={{ title: say("title") }}
      verdict={<Verdict>{say("startVerdict")}</Verdict>}
      honesty={{ says: searched ? say("startFound", { n: rows.length }) : say("startListed", { n: rows.length }) }}
    >
      <div className="map-start" onKeyDown={fromField}>
        <Filters
          q={lens.q}
          on={[]}
          options={[]}
          change={({ q = "" }) => setLens({ q, sel: "" })}
          label={say("startFind")}
        />
      </div>
      {rows.length === 0 ? (
        <p className="dim">{say(searched ? "startNothing" : "startEmpty")}</p>
      ) : (
        <Table
          label={say("startTable")}
          rows={rows}
          total={rows.length}
          columns={COLUMNS}
          rowKey={({ id }) => id}
          href={({ id }) => `/map/${id}`}
          selected={lens.sel}
          select={(sel) => setLens({ sel })}
        />
      )}
    </Page>
  );
}

function startOf({ type, id, name, detail = "" }: Subject, why: string, me: string | undefined): Start {
  const whose = id === me ? "you" : type === "User" ? "ours" : "theirs";
  const mark = PEOPLE.has(type) ? <Person name={name} whose={whose} /> : <RecordMark kind={markOf(type)} />;
  return { id, name, detail, mark, why };
}

/** Each subject once, where it is first. */
function once(starts: readonly Start[]): Start[] {
  const seen = new Set<string>();
  return starts.filter(({ id }) => !seen.has(id) && seen.add(id));
}
