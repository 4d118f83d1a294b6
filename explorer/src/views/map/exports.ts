import type { Places } from "./layout";
import type { MapModel } from "./model";

export interface Exported {
  name: string;
  type: string;
  text: string;
}

const CSV_TYPE = "text/csv;charset=utf-8";

/** A cell of CSV; one that a spreadsheet would take as a formula is marked as text. */
export function cell(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csv(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function nodesAsCsv(model: MapModel, places: Places): string {
  const head = ["id", "type", "name", "title", "ours", "account", "community", "x", "y"];
  const rows = [...model.nodes.values()].map((node) => {
    const { x, y } = places.get(node.id) ?? node;
    return [
      node.id, node.type, node.name, node.jobTitle, String(node.ours), node.group, node.community, x, y,
    ]; // prettier-ignore
  });
  return csv(head, rows);
}

export function edgesAsCsv(model: MapModel): string {
  const head = ["from", "to", "fromName", "toName", "type", "strength", "kind", "confidence", "lastAt"];
  const name = (id: string) => model.nodes.get(id)!.name;
  const rows = model.edges.map(({ from, to, type, strength, kind, confidence, lastAt }) => [
    from, to, name(from), name(to), type, strength, kind, confidence, lastAt,
  ]); // prettier-ignore
  return csv(head, rows);
}

export function asJson(model: MapModel, places: Places): string {
  const nodes = [...model.nodes.values()].map(({ id, type, name, jobTitle, ours, group, community }) => {
    const { x, y } = places.get(id) ?? { x: 0, y: 0 };
    return { id, type, name, jobTitle, ours, group, community, x, y };
  });
  const edges = model.edges.map(({ from, to, type, strength, kind, confidence, lastAt }) => {
    return { from, to, type, strength, kind, confidence, lastAt };
  });
  return JSON.stringify({ nodes, edges }, null, 2);
}

/** A text in XML, without the characters that XML cannot hold. */
export function xml(text: string): string {
  const legal = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  return legal.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const NODE_KEYS = {
  type: "string",
  name: "string",
  ours: "boolean",
  group: "string",
  x: "double",
  y: "double",
} as const;
const EDGE_KEYS = { type: "string", strength: "double", kind: "string", confidence: "string" } as const;

export function asGraphml(model: MapModel, places: Places): string {
  const keys = (of: string, all: Record<string, string>) =>
    Object.entries(all).map(
      ([name, type]) => `<key id="${of}_${name}" for="${of}" attr.name="${name}" attr.type="${type}"/>`,
    );
  const data = (of: string, all: Record<string, unknown>) =>
    Object.entries(all)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => `<data key="${of}_${name}">${xml(String(value))}</data>`)
      .join("");
  const nodes = [...model.nodes.values()].map(({ id, type, name, ours, group }) => {
    const { x, y } = places.get(id) ?? { x: 0, y: 0 };
    return `<node id="${xml(id)}">${data("node", { type, name, ours, group, x, y })}</node>`;
  });
  const edges = model.edges.map(({ from, to, type, strength, kind, confidence }, at) => {
    const directed = type !== "KNOWS";
    const facts = data("edge", { type, strength, kind, confidence });
    return `<edge id="e${at}" source="${xml(from)}" target="${xml(to)}" directed="${directed}">${facts}</edge>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keys("node", NODE_KEYS),
    ...keys("edge", EDGE_KEYS),
    '<graph id="map" edgedefault="undirected">',
    ...nodes,
    ...edges,
    "</graph>",
    "</graphml>",
    "",
  ].join("\n");
}

/** The forms in which a map is exported besides the picture, by the key of their name. */
export const EXPORTS = {
  nodesCsv: ({ model, places }: Subject): Exported => {
    return { name: "map-nodes.csv", type: CSV_TYPE, text: nodesAsCsv(model, places) };
  },
  edgesCsv: ({ model }: Subject): Exported => ({ name: "map-edges.csv", type: CSV_TYPE, text: edgesAsCsv(model) }),
  graphml: ({ model, places }: Subject): Exported => {
    return { name: "map.graphml", type: "application/graphml+xml", text: asGraphml(model, places) };
  },
  json: ({ model, places }: Subject): Exported => {
    return { name: "map.json", type: "application/json", text: asJson(model, places) };
  },
} as const;

interface Subject {
  model: MapModel;
  places: Places;
}

/** Saves a file. */
export function save(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
