import { describe, expect, it } from "vitest";
import { readLens, writeLens } from "../../app/codec";
import { expansions, LENS, type MapLens } from "./lens";
import { modelOf, nearest, pathOf, strongestPath } from "./model";

const node = (id: string, type: string, ours = false) => ({
  id,
  type,
  name: id.toUpperCase(),
  ours,
  jobTitle: null,
  roles: [] as string[],
  x: 0,
  y: 0,
  community: null,
  group: null,
  counts: [],
});
const tie = (from: string, to: string, strength: number) => ({
  from,
  to,
  type: "KNOWS",
  strength,
  kind: null,
  confidence: null,
  lastAt: null,
});
const found = {
  nodes: [node("me", "User", true), node("nelna", "User", true), node("a", "Contact"), node("b", "Contact")],
  edges: [tie("me", "nelna", 90), tie("nelna", "a", 90), tie("a", "b", 90), tie("me", "b", 60)],
  circles: [],
  missing: [],
  truncated: false,
  withheld: 0,
};
const lens = (search = ""): MapLens => readLens(LENS, search);

describe("the model of a map", () => {
  it("folds the ties among us until they are wanted", () => {
    expect(modelOf(found, lens(), "me").folded).toHaveLength(1);
    expect(modelOf(found, lens("us=1"), "me").edges).toHaveLength(4);
  });

  it("counts the types of relationship, and leaves out those that are hidden", () => {
    expect(modelOf(found, lens(), "me").types).toEqual([{ type: "KNOWS", count: 4 }]);
    const model = modelOf(found, lens("hide=KNOWS"), "me");
    expect(model.types).toEqual([{ type: "KNOWS", count: 4 }]);
    expect(model.edges).toHaveLength(0);
    expect(strongestPath(model, "me", "b")).toBeNull();
  });

  it("leaves out removed nodes with their edges", () => {
    const model = modelOf(found, lens("us=1&no=nelna"), "me");
    expect([...model.nodes.keys()]).toEqual(["me", "a", "b"]);
    expect(model.edges.map(({ key }) => key)).toEqual(["KNOWS a b ", "KNOWS me b "]);
  });

  it("knows a person by the strongest tie to one of us", () => {
    const model = modelOf(found, lens(), "me");
    expect(model.nodes.get("b")!.known).toBe(60);
    expect(model.nodes.get("me")!.you).toBe(true);
  });

  it("finds the way with the greatest product, which may be longer", () => {
    const model = modelOf(found, lens("us=1"), "me");
    expect(strongestPath(model, "me", "b")!.ids).toEqual(["me", "nelna", "a", "b"]);
    expect(strongestPath(model, "me", "b")!.strength).toBeCloseTo(72.9);
    expect(strongestPath(modelOf(found, lens(), "me"), "me", "b")!.ids).toEqual(["me", "nelna", "a", "b"]);
    expect(strongestPath(modelOf({ ...found, edges: [] }, lens(), "me"), "me", "b")).toBeNull();
    expect(pathOf(model, ["me", "nelna", "a"])).toEqual({ ids: ["me", "nelna", "a"], strength: 81 });
    expect(pathOf(model, ["me", "gone"])).toBeNull();
  });

  it("jumps to the nearest node in a direction", () => {
    const places = new Map([
      ["here", { x: 0, y: 0 }],
      ["right", { x: 5, y: 1 }],
      ["far", { x: 9, y: 0 }],
      ["down", { x: 1, y: 4 }],
    ]);
    expect(nearest(places, "here", "ArrowRight")).toBe("right");
    expect(nearest(places, "here", "ArrowDown")).toBe("down");
    expect(nearest(places, "here", "ArrowLeft")).toBeUndefined();
    expect(nearest(places, "nothing", "ArrowLeft")).toBe("here");
  });
});

describe("the address of a map", () => {
  it("names expansions by node and relationship, with colons as they are", () => {
    const state = { ...lens(), x: ["c1:knows", "c2:knows", "a1:opportunities"], pin: ["c1:2.5:-3"] };
    const text = writeLens(LENS, state);
    expect(text).toBe("x=c1:knows,c2:knows,a1:opportunities&pin=c1:2.5:-3");
    expect(lens(text)).toEqual(state);
    expect(expansions(state.x).slice(5)).toEqual([
      { relationship: "knows", ids: ["c1", "c2"] },
      { relationship: "opportunities", ids: ["a1"] },
    ]);
    expect(modelOf(found, lens("pin=a:2.5:-3"), "me").nodes.get("a")).toMatchObject({ x: 2.5, y: -3, pinned: true });
  });
});
