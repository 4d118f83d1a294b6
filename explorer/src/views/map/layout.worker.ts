import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";
import type { LayoutAnswer, LayoutTask } from "./layout";

const ITERATIONS = 400;

/** Places nodes by their relationships. The positions at the start are given, so the same map is always drawn alike. */
self.onmessage = ({ data }: MessageEvent<LayoutTask>) => {
  const graph = new Graph({ multi: true, type: "undirected" });
  for (const { id, x, y } of data.nodes) graph.addNode(id, { x, y });
  for (const { from, to, weight } of data.edges) graph.addEdge(from, to, { weight });
  const settings = { ...forceAtlas2.inferSettings(graph), edgeWeightInfluence: 1, gravity: 0.4 };
  const found = forceAtlas2(graph, { iterations: ITERATIONS, settings, getEdgeWeight: "weight" });
  const answer: LayoutAnswer = { task: data.task, places: found };
  self.postMessage(answer);
};
