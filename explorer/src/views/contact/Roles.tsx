import { Link } from "wouter";
import { recordAddress } from "../../app/addresses";
import { RecordMark } from "../../marks/marks";
import { Table, type Column } from "../../parts/Table";
import { capitalized, day, daysUntil, fullDay, humanized, moneyOrNone, NONE, percent } from "../../words/format";
import { words } from "../../words/words";
import type { PersonTop } from "./Ties";

const say = words("person");

type RoleEdge = PersonTop["playsRoleIn"]["edges"][number];
/** A role of the person in a deal. */
export type DealRole = RoleEdge & { node: Extract<RoleEdge["node"], { state: unknown }> };

/** The roles of a person in deals, those in open deals first. */
export function dealRoles({ playsRoleIn }: PersonTop): DealRole[] {
  const found = playsRoleIn.edges.filter((edge): edge is DealRole => "state" in edge.node);
  return found.sort((one, other) => Number(other.node.state === "OPEN") - Number(one.node.state === "OPEN"));
}

/** When we last spoke with the person, and where the person works, with the roles there. */
export function Seats({ person, now }: { person: PersonTop; now: Date }) {
  const { lastSpokeAt, accounts } = person;
  return (
    <section className="known-by" aria-label={say("seats")}>
      <h2>{say("seats")}</h2>
      {accounts.edges.length === 0 && <p className="dim">{say("noSeat")}</p>}
      <ul>
        {accounts.edges.map(({ node, jobTitle, department, roles, validFrom }) => (
          <li key={node.id}>
            <Link href={recordAddress("Account", node.id)} className="row-link">
              <RecordMark kind="account" />
              <span className="cut">{node.name}</span>
            </Link>
            <span className="dim">
              {[
                jobTitle &&
                  say("seat", {
                    title: jobTitle,
                    department: department ?? "",
                    hasDepartment: department ? "yes" : "no",
                  }),
                ...roles.map(humanized),
                validFrom && say("since", { day: day(validFrom) }),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
      <p>
        <span className="dim">{say("spoke")}</span>{" "}
        {lastSpokeAt
          ? say("spokeOn", { day: fullDay(lastSpokeAt), n: Math.max(0, -daysUntil(lastSpokeAt, now)) })
          : say("never")}
      </p>
    </section>
  );
}

const COLUMNS: readonly Column<DealRole>[] = [
  {
    key: "deal",
    label: say("deals"),
    heading: true,
    phone: "main",
    cell: ({ node }) => (
      <>
        <RecordMark kind="deal" />
        <span className="cut">{node.name}</span>
      </>
    ),
  },
  {
    key: "role",
    label: say("role"),
    width: "18%",
    phone: "under",
    cell: ({ role }) => (role ? capitalized(humanized(role)) : NONE),
  },
  {
    key: "stance",
    label: say("stance"),
    width: "14%",
    phone: "end",
    cell: ({ support }) => (support ? capitalized(humanized(support)) : NONE),
  },
  {
    key: "chance",
    label: say("chance"),
    width: "84px",
    end: true,
    cell: ({ node }) =>
      node.state === "OPEN"
        ? node.closeProbability === null
          ? NONE
          : percent(node.closeProbability)
        : capitalized(humanized(node.state)),
  },
  {
    key: "value",
    label: say("value"),
    width: "96px",
    end: true,
    phone: "figure",
    cell: ({ node }) => moneyOrNone(node.estimatedValue),
  },
  {
    key: "expected",
    label: say("expected"),
    width: "110px",
    end: true,
    cell: ({ node }) => (node.estimatedCloseDate ? day(node.estimatedCloseDate) : NONE),
  },
];

/** The deals that the person has a role in. */
export function DealRoles({ roles }: { roles: readonly DealRole[] }) {
  if (roles.length === 0) return null;
  return (
    <section className="block">
      <Table
        label={say("deals")}
        rows={roles}
        total={roles.length}
        columns={COLUMNS}
        rowKey={({ node }) => node.id}
        href={({ node }) => recordAddress("Opportunity", node.id)}
      />
    </section>
  );
}
