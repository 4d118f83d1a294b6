import type { AccountPeopleQuery } from "../../generated/graphql";

export type OrgChart = NonNullable<AccountPeopleQuery["account"]>["orgChart"];
export type Seat = OrgChart["seats"][number] & { id: string; name: string };

/** The seats of people, each with its id and name. */
export function seatsOf({ seats }: OrgChart): Seat[] {
  return seats.flatMap((seat) => (seat.contact ? [{ ...seat, id: seat.contact.id, name: seat.contact.name }] : []));
}

/** Whether the line to the manager is inferred and waits for somebody to confirm or reject it. */
export function isDraft({ managerId, confidence }: Pick<Seat, "managerId" | "confidence">): boolean {
  return managerId !== null && confidence === "INFERRED";
}

export interface Line {
  id: string;
  managerId: string | null;
}

/** The people who report to each person, in the order of the seats; a cycle ends where it would begin again. */
export function teamsOf(seats: readonly Line[]): Map<string, string[]> {
  const known = new Set(seats.map(({ id }) => id));
  const teams = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { id, managerId } of seats) {
    if (managerId === null || managerId === id || !known.has(managerId) || seen.has(id)) continue;
    seen.add(id);
    const team = teams.get(managerId);
    if (team) team.push(id);
    else teams.set(managerId, [id]);
  }
  return teams;
}

/** The ids below each root with their levels, each manager before the team. */
export function outlineOf(
  roots: readonly string[],
  teams: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const levels = new Map<string, number>();
  const waiting = roots.map((id) => ({ id, level: 0 })).reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { id, level } = next;
    if (levels.has(id)) continue;
    levels.set(id, level);
    for (const report of [...(teams.get(id) ?? [])].reverse()) waiting.push({ id: report, level: level + 1 });
  }
  return levels;
}

export interface Node {
  id: string;
  children: readonly Node[];
  /** How many people below are left out. */
  folded: number;
}

/** How many people a chart draws: of the team of the top, of each other team, in levels, and together. */
export interface Limits {
  top: number;
  team: number;
  levels: number;
  people: number;
}

export const LIMITS: Limits = { top: 40, team: 8, levels: 9, people: 160 };

/**
 * The tree below a person that a chart draws, level by level until it is full; large teams are folded. Of each team
 * those who are `kept` come before the others, because the selection lies below them.
 */
export function visible(
  top: string,
  teams: ReadonlyMap<string, readonly string[]>,
  kept: ReadonlySet<string>,
  limits = LIMITS,
): Node {
  const shown = new Map<string, string[]>();
  const seen = new Set([top]);
  let left = limits.people;
  for (let level = 0, here = [top]; level < limits.levels && here.length > 0; level++) {
    const next: string[] = [];
    for (const id of here) {
      const team = (teams.get(id) ?? []).filter((each) => !seen.has(each));
      const most = Math.min(level === 0 ? limits.top : limits.team, Math.max(left, 0));
      // A team is not folded for one person, whose seat takes no more room than the count.
      const few = team.length <= most + 1 && left > 0 ? team : fewOf(team, most, kept);
      few.forEach((each) => seen.add(each));
      shown.set(id, few);
      left -= few.length;
      next.push(...few);
    }
    here = next;
  }
  return treeOf(top, shown, sizesOf(top, teams));
}

function fewOf(team: readonly string[], most: number, kept: ReadonlySet<string>): string[] {
  const first = team.slice(0, most);
  const others = team.slice(most).filter((id) => kept.has(id));
  return [...first.slice(0, Math.max(0, most - others.length)), ...others];
}

function treeOf(id: string, shown: ReadonlyMap<string, readonly string[]>, sizes: ReadonlyMap<string, number>): Node {
  const children = (shown.get(id) ?? []).map((each) => treeOf(each, shown, sizes));
  const drawn = children.reduce((sum, child) => sum + sizes.get(child.id)!, 0);
  return { id, children, folded: sizes.get(id)! - 1 - drawn };
}

/** The number of people in the tree of each person, who counts as well. */
function sizesOf(top: string, teams: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const id of [...outlineOf([top], teams).keys()].reverse())
    sizes.set(id, 1 + (teams.get(id) ?? []).reduce((sum, each) => sum + (sizes.get(each) ?? 0), 0));
  return sizes;
}

/** The people who can be the manager of a person: all others in the chart who do not report to that person. */
export function managersFor(person: Seat, seats: readonly Seat[], byId: ReadonlyMap<string, Seat>): Seat[] {
  return seats.filter(
    ({ id, leftOn }) =>
      id !== person.id && id !== person.managerId && leftOn === null && !chainOf(id, byId).includes(person.id),
  );
}

/** The managers of a person, the nearest one first. */
export function chainOf(id: string, byId: ReadonlyMap<string, Line>): string[] {
  const chain: string[] = [];
  const seen = new Set([id]);
  for (
    let next = byId.get(id)?.managerId;
    next && byId.has(next) && !seen.has(next);
    next = byId.get(next)?.managerId
  ) {
    seen.add(next);
    chain.push(next);
  }
  return chain;
}
