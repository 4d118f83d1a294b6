import { describe, expect, test } from "vitest";
import type { Say, Stance } from "../../generated/graphql";
import { before, columnOf, ghostsOf, knowers, moved, rowOf, supportOf, threadsOf, type Room, type Seat } from "./seats";

const USERS = { nelna: "Nelna Beckbury", mamar: "Mamar Buchreuter", me: "Olmar Stenstig" };
type Ties = Partial<Record<keyof typeof USERS, number>>;

function seat(id: string, say: Say | null, stance: Stance | null, ties: Ties = {}): Seat {
  const knownBy = Object.entries(ties)
    .map(([user, strength]) => ({ strength, user: { id: user, name: USERS[user as keyof typeof USERS] } }))
    .sort((one, other) => other.strength - one.strength);
  const role = say === null ? null : "Economic buyer";
  return {
    contact: { id, name: id, jobTitle: null },
    role,
    roles: role ? [role] : [],
    say,
    stance,
    strength: knownBy[0]?.strength ?? null,
    influence: 0,
    knownBy,
    setBy: null,
    setAt: null,
    note: null,
  };
}

const WIMAR = seat("wimar", "DECIDES", "MENTOR", { nelna: 96 });
const HELKE = seat("helke", "GATES", "SUPPORTER", { mamar: 89, me: 10 });
const KAWIG = seat("kawig", "CHAMPIONS", null, { me: 10 });

function room(seats: Seat[], missing: Room["missing"] = [], contact: string | null = null): Room {
  return {
    seats,
    missing,
    opportunity: { contact: contact && { id: contact, name: contact, jobTitle: null } },
  } as unknown as Room;
}

describe("the grid", () => {
  test("says and stances have their rows and columns; what is not on record has a place too", () => {
    expect((["DECIDES", "CHAMPIONS", "INFLUENCES", "GATES", "USES", null] as const).map(rowOf)).toEqual([
      0, 1, 1, 1, 2, 2,
    ]);
    expect((["ENEMY", "NON_SUPPORTER", "NEUTRAL", null, "SUPPORTER", "MENTOR"] as const).map(columnOf)).toEqual([
      0, 1, 2, 2, 3, 4,
    ]);
    expect([supportOf("NON_SUPPORTER"), supportOf("MENTOR"), supportOf(null)]).toEqual([
      "Non-supporter",
      "Mentor",
      null,
    ]);
  });

  test("a move sets what changes alone, and ends at the border", () => {
    expect(moved(HELKE, 1, 0)).toEqual({ seat: { ...HELKE, stance: "MENTOR" }, facts: { support: "Mentor" } });
    expect(moved(HELKE, 0, -1)?.facts).toEqual({ role: "Decision maker" });
    expect(moved(HELKE, -2, 1)).toMatchObject({
      seat: { say: "USES", role: "User", stance: "NON_SUPPORTER" },
      facts: { role: "User", support: "Non-supporter" },
    });
    expect([moved(WIMAR, 1, 0), moved(WIMAR, 0, -1), moved(WIMAR, 0, 0)]).toEqual([null, null, null]);
  });

  test("undo sets the role and the attitude as they were, also none", () => {
    expect(before(HELKE, { role: "User", support: "Mentor" })).toEqual({
      role: "Economic buyer",
      support: "Supporter",
    });
    expect(before(KAWIG, { support: "Supporter" })).toEqual({ support: null });
  });
});

describe("the panel", () => {
  test("those of us who know the most stand first, and you last", () => {
    expect(knowers([WIMAR, HELKE, KAWIG], "me", 2).map(({ id }) => id)).toEqual(["nelna", "mamar", "me"]);
    expect(knowers([KAWIG], "other", 2).map(({ id }) => id)).toEqual(["me"]);
  });

  test("a thread is a seat with a strongest tie of 40 or more", () => {
    const tebert = seat("tebert", "USES", "SUPPORTER", { mamar: 72 });
    expect(threadsOf([WIMAR, HELKE, KAWIG, tebert], 40)).toEqual([
      { name: USERS.mamar, n: 2 },
      { name: USERS.nelna, n: 1 },
    ]);
  });
});

describe("missing seats", () => {
  test("no one who decides, a role of won deals, and the contact of the deal", () => {
    const missing = [{ role: "Champion", say: "CHAMPIONS", reason: "20 of 30 won deals had one." }] as const;
    expect(ghostsOf(room([HELKE], [...missing], "helra")).map(({ kind, row }) => [kind, row])).toEqual([
      ["decider", 0],
      ["role", 1],
      ["contact", 2],
    ]);
    expect(ghostsOf(room([WIMAR], [], "wimar"))).toEqual([]);
    const decider = [{ role: "Economic buyer", say: "DECIDES", reason: "" }] as const;
    expect(ghostsOf(room([HELKE], [...decider])).map(({ kind }) => kind)).toEqual(["role"]);
  });
});
