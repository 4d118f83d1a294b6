import { recordAddress } from "../../app/addresses";
import { Gauge } from "../../marks/marks";
import { Table, type Column } from "../../parts/Table";
import { count, day, humanized, capitalized, NONE } from "../../words/format";
import { words } from "../../words/words";
import type { MapEdge, MapModel, MapNode } from "./model";
import { typeWords } from "./sentences";

const say = words("map");

interface Props {
  model: MapModel;
  selected: string;
  select: (id: string) => void;
  communities: boolean;
}

/** The table twin: the same nodes and lines, the same selection, the same actions in the panel. */
export function MapTables({ model, selected, select, communities }: Props) {
  const nodes = [...model.nodes.values()].sort(
    (one, other) =>
      Number(other.ours) - Number(one.ours) || other.known - one.known || one.name.localeCompare(other.name),
  );
  const edges = [...model.edges].sort((one, other) => (other.strength ?? -1) - (one.strength ?? -1));
  const name = (id: string | null) => (id === null ? NONE : (model.nodes.get(id)?.name ?? NONE));
  const account = new Map(model.circles.map((circle) => [circle.id, circle.name]));
  const nodeColumns: Column<MapNode>[] = [
    { key: "name", label: say("nameColumn"), phone: "main", cell: (node) => node.name },
    { key: "type", label: say("typeColumn"), width: "90px", cell: ({ type }) => capitalized(humanized(type)) },
    { key: "title", label: say("titleColumn"), phone: "under", cell: ({ jobTitle }) => jobTitle ?? NONE },
    {
      key: "account",
      label: say("accountColumn"),
      cell: ({ group, ours }) => (ours || group === null ? NONE : (account.get(group) ?? NONE)),
    },
    ...(communities
      ? [
          {
            key: "community",
            label: say("communityColumn"),
            width: "96px",
            cell: ({ community }: MapNode) =>
              community === null || community === undefined ? NONE : say("communityName", { n: community }),
          },
        ]
      : []),
    {
      key: "known",
      label: say("knownColumn"),
      width: "120px",
      phone: "figure",
      cell: (node) => (node.type === "Contact" ? <Gauge value={node.known > 0 ? node.known : null} /> : NONE),
    },
    {
      key: "lines",
      label: say("linesColumn"),
      width: "64px",
      end: true,
      cell: ({ id }) => count(model.around.get(id)?.length ?? 0),
    },
  ];
  const edgeColumns: Column<MapEdge>[] = [
    { key: "from", label: say("fromColumn"), phone: "main", cell: ({ from }) => name(from) },
    { key: "to", label: say("toColumn"), phone: "under", cell: ({ to }) => name(to) },
    { key: "type", label: say("kindColumn"), width: "150px", cell: kindWords },
    {
      key: "strength",
      label: say("strengthColumn"),
      width: "120px",
      phone: "figure",
      cell: ({ strength, look }) => (strength === null ? NONE : <Gauge value={strength} among={look === "among"} />),
    },
    {
      key: "last",
      label: say("lastColumn"),
      width: "110px",
      end: true,
      cell: ({ lastAt }) => (lastAt ? day(lastAt) : NONE),
    },
  ];
  return (
    <div className="map-tables">
      <h2>
        {say("nodesTable")} <span className="c">{count(nodes.length)}</span>
      </h2>
      <Table
        label={say("nodesTable")}
        rows={nodes}
        total={nodes.length}
        columns={nodeColumns}
        rowKey={({ id }) => id}
        href={({ id, type }) => recordAddress(type, id)}
        selected={selected}
        select={select}
        follow
      />
      <h2>
        {say("edgesTable")} <span className="c">{count(edges.length)}</span>
      </h2>
      <Table
        label={say("edgesTable")}
        rows={edges}
        total={edges.length}
        columns={edgeColumns}
        rowKey={({ key }) => key}
      />
    </div>
  );
}

function kindWords({ type, kind }: MapEdge): string {
  return kind && kind !== "SOLID"
    ? `${capitalized(typeWords(type))}, ${humanized(kind)}`
    : capitalized(typeWords(type));
}
