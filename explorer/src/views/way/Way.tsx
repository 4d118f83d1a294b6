import { useState } from "react";
import { Waypoints } from "lucide-react";
import { Link } from "wouter";
import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import type { WayFragment, WayQuery } from "../../generated/graphql";
import { Person } from "../../marks/marks";
import { bandOf } from "../../marks/bands";
import { Page, type Head } from "../../parts/Page";
import { Figure } from "../../parts/Receipt";
import { Verdict } from "../../parts/Verdict";
import { accountHead } from "../../subjects/account";
import { toast } from "../../parts/toasts";
import { contactSubject } from "../../subjects/contact";
import { firstWord, moment } from "../../words/format";
import { words } from "../../words/words";
import { Chain } from "./Chain";
import { Controls } from "./Controls";
import { HopTable } from "./HopTable";
import { RequestPanel } from "./Request";
import { DirectSentence, Sentence, Why } from "./sentences";
import { Strip } from "./Strip";
import { peopleOf } from "./ways";
import type { WayLens } from "./lens";
import "./way.css";

const say = words("way");
const marks = words("marks");
const MOST_NAMES = 2;
type Target = NonNullable<WayQuery["node"]>;

/** Whom do I ask, and what do I write? */
export default function Way({ data, lens, setLens }: ViewProps<WayQuery, WayLens>) {
  const node = data.node!;
  const { head, name, colleagues, company } = subjectOf(node);
  const me = data.me?.user ?? null;
  const ways = data.introductions ?? [];
  const picks = ways.filter(({ leftOut }) => leftOut === null);
  const rest = ways.filter(({ leftOut }) => leftOut !== null);
  const direct = data.direct?.[0];
  const at = Math.min(lens.pick, Math.max(1, picks.length)) - 1;
  const picked = picks[at];
  const columns = Math.max(1, ...picks.map(({ hops }) => hops.length));
  const [now] = useState(() => new Date().toISOString());
  const [asTable, setTable] = useState(false);

  const pick = (index: number) => index < picks.length && setLens({ pick: index + 1 });
  const leaveOut = (id: string) => {
    const who = ways.flatMap(peopleOf).find((one) => one.id === id);
    if (!who || lens.not.includes(id)) return;
    setLens({ not: [...lens.not, id], pick: 1 });
    toast({ message: say("isLeftOut", { name: who.name }), undo: () => setLens({ not: lens.not, pick: 1 }) });
  };
  const leaveFocused = () => {
    const on = (document.activeElement as HTMLElement | null)?.dataset["person"];
    leaveOut(on ?? (picked ? (peopleOf(picked).slice(1, -1).at(0)?.id ?? "") : ""));
  };
  useKeys({
    "1": () => pick(0),
    "2": () => pick(1),
    "3": () => pick(2),
    x: leaveFocused,
    t: () => setTable(!asTable),
  });
  const figure = (index: number, text: string) => (
    <Figure key={index} name={String(index)} open={String(at)} show={(key) => key && pick(Number(key))}>
      {text}
    </Figure>
  );
  return (
    <Page
      head={{ ...head, counts: { ...head.counts, way: picks.length } }}
      verdict={
        <>
          <Controls
            data={data}
            lens={lens}
            setLens={setLens}
            target={{ id: node.id, name, person: node.__typename !== "Account" }}
            colleagues={colleagues}
            me={me}
            table={picks.length > 0 ? { on: asTable, set: setTable } : null}
          />
          <Verdict wide>
            <Sentence
              picks={picks}
              direct={direct}
              leftOut={rest}
              target={name}
              account={node.__typename === "Account"}
              me={me?.id}
              start={data.start?.name ?? ""}
              hops={lens.hops}
              figure={figure}
            />
          </Verdict>
        </>
      }
      actions={
        picked && (
          <Link
            className="btn ghost wide-only"
            href={`/map/${node.id}?path=${peopleOf(picked)
              .map(({ id }) => id)
              .join(",")}`}
          >
            <Waypoints aria-hidden="true" /> {say("onMap")}
          </Link>
        )
      }
      panel={picked && <RequestPanel way={picked} picks={picks} me={me} company={company} />}
      honesty={{ says: say("honesty", { n: picks.length + rest.length, at: moment(now) }) }}
    >
      {asTable ? (
        <HopTable ways={picks} me={me?.id} />
      ) : (
        <ol className="ways">
          {picks.map((way, index) => (
            <Pick
              key={ends(way)}
              way={way}
              on={index === at}
              n={index}
              columns={columns}
              me={me?.id}
              pick={pick}
              leaveOut={leaveOut}
            />
          ))}
        </ol>
      )}
      {picked && <Strip way={picked} me={me?.id} />}
      <Rest
        direct={picks.some(({ hops }) => hops.length === 1) ? undefined : direct}
        rest={rest}
        columns={columns}
        me={me?.id}
      />
    </Page>
  );
}

function ends(way: WayFragment): string {
  return peopleOf(way)
    .map(({ id }) => id)
    .join(" ");
}

interface PickProps {
  way: WayFragment;
  on: boolean;
  n: number;
  columns: number;
  me: string | undefined;
  pick: (index: number) => void;
  leaveOut: (id: string) => void;
}

function Pick({ way, on, n, columns, me, pick, leaveOut }: PickProps) {
  const band = bandOf(way.strength);
  return (
    <li
      className={on ? "way on" : "way"}
      aria-current={on ? "true" : undefined}
      onClick={(event) => {
        if (!(event.target as Element).closest("button")) pick(n);
      }}
    >
      <div className="points">
        <button
          type="button"
          className="num"
          aria-label={say("pick", { n: n + 1, score: Math.round(way.strength) })}
          aria-pressed={on}
          onClick={() => pick(n)}
        >
          {Math.round(way.strength)}
        </button>
        <span className={band === "good" ? "tag us" : "tag"}>{marks(band)}</span>
      </div>
      <div>
        <Why way={way} me={me} />
        <Chain way={way} columns={columns} me={me} titles={on} leaveOut={leaveOut} />
      </div>
    </li>
  );
}

interface RestProps {
  direct: WayFragment | undefined;
  rest: readonly WayFragment[];
  columns: number;
  me: string | undefined;
}

/** The direct tie, and the ways that are left out, with the reason. */
function Rest({ direct, rest, columns, me }: RestProps) {
  const [open, setOpen] = useState(false);
  const folded = rest.filter(({ leftOut }) => leftOut === "SAME_LAST_HOP");
  const weak = rest.filter((way) => way.leftOut === "BELOW_MINIMUM" && way.hops.length > 1);
  const groups = new Map<string, WayFragment[]>();
  for (const way of folded) {
    const last = peopleOf(way).at(-2)!.name;
    groups.set(last, [...(groups.get(last) ?? []), way]);
  }
  if (!direct && rest.length === 0) return null;
  return (
    <section className="rest" aria-label={say("others")}>
      {direct && (
        <p>
          <b>{say("direct", { score: Math.round(direct.strength) })}</b>{" "}
          <span className="dim">
            <DirectSentence way={direct} me={me} />
          </span>
        </p>
      )}
      {folded.length + weak.length > 0 && (
        <p>
          <b>{say("leftOut", { n: folded.length + weak.length })}</b>{" "}
          <span className="dim">
            {[...groups]
              .map(([last, ways]) => say("foldedInto", { names: listed(ways), last: firstWord(last) }))
              .join(" ")}{" "}
            {weak.length > 0 && say("belowMinimum", { n: weak.length })}
          </span>{" "}
          <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {say(open ? "hideThem" : "showThem")}
          </button>
        </p>
      )}
      {open && (
        <ol className="ways small">
          {[...folded, ...weak].map((way) => (
            <li key={ends(way)} className="way">
              <div className="points">
                <span className="num">{Math.round(way.strength)}</span>
              </div>
              <Chain way={way} columns={Math.max(columns, way.hops.length)} me={me} titles={false} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function listed(ways: readonly WayFragment[]): string {
  const named = ways.slice(0, MOST_NAMES);
  const names = named.map((way) => say("withScore", { name: peopleOf(way)[1]!.name, score: Math.round(way.strength) }));
  const last = ways.length > named.length ? say("moreNames", { n: ways.length - named.length }) : names.pop()!;
  return names.length > 0 ? say("or", { names: names.join(", "), last }) : last;
}

interface Subject {
  head: Head;
  name: string;
  company: string | null;
  colleagues: readonly { id: string; name: string }[];
}

function subjectOf(node: Target): Subject {
  if (node.__typename === "Account")
    return { head: accountHead(node), name: node.name, company: node.name, colleagues: node.contacts.nodes };
  if (node.__typename === "Contact") {
    const { id, name, jobTitle } = node;
    const account = node.accounts.nodes[0];
    return {
      head: {
        ...(account ? { crumbs: [{ label: account.name, href: `/account/${account.id}` }] } : {}),
        mark: <Person name={name} whose="theirs" />,
        title: name,
        detail: jobTitle ?? undefined,
        subject: contactSubject(id, name),
        counts: { timeline: node.timeline.totalCount, people: account?.contacts.totalCount },
      },
      name,
      company: account?.name ?? null,
      colleagues: account?.contacts.nodes ?? [],
    };
  }
  const name = node.__typename === "User" ? node.name : "";
  return { head: { title: name, mark: <Person name={name} whose="ours" /> }, name, company: null, colleagues: [] };
}
