import type { ReactNode } from "react";
import type { WayFragment } from "../../generated/graphql";
import { Link } from "wouter";
import { GOOD } from "../../marks/bands";
import { day, firstWord } from "../../words/format";
import { words } from "../../words/words";
import { lastSpoken, nature, peopleOf, weakest, type Hop, type WayPerson } from "./ways";

const say = words("way");
const TWICE = 2;

/** Who leads to the target: “Nelna, then Wimar”. */
export function leads(way: WayFragment): string {
  const between = peopleOf(way).slice(1, -1);
  const [one, two, ...more] = between.map(({ name }) => firstWord(name));
  if (!one) return say("leadsDirect");
  if (!two) return between[0]!.ours ? say("leadsAlone", { name: one }) : say("leadsOne", { name: between[0]!.name });
  return more.length > 0
    ? say("leadsMany", { name: one, then: firstWord(between.at(-1)!.name), n: between.length - 2 })
    : say("leadsTwo", { name: one, then: two });
}

/** What a hop consists of, as a sentence. */
export function about(hop: Hop, me: string | undefined): string {
  const you = hop.from.id === me;
  const slots = {
    from: firstWord(hop.from.name),
    to: firstWord(hop.to.name),
    who: you ? "you" : "other",
    at: hop.lastAt ? day(hop.lastAt) : "",
    met: lastSpoken(hop) ? day(lastSpoken(hop)!.at) : "",
  };
  return say(nature(hop), slots);
}

/** Why a way works, or why it is weak: its last hop, and the weakest one if that is another. */
export function Why({ way, me }: { way: WayFragment; me: string | undefined }) {
  const last = way.hops.at(-1)!;
  const least = weakest(way);
  const others = least !== last ? least : way.strength >= GOOD ? way.hops.at(-2) : undefined;
  return (
    <p className="why">
      <b>{leads(way)}</b> {about(last, me)} {others && others !== last && about(others, me)}
    </p>
  );
}

function Mention({ who }: { who: WayPerson }) {
  if (who.ours) return who.name;
  return (
    <Link className="rcpt" href={`/contact/${who.id}`}>
      {who.name}
    </Link>
  );
}

interface SentenceProps {
  picks: readonly WayFragment[];
  direct: WayFragment | undefined;
  leftOut: readonly WayFragment[];
  target: string;
  account: boolean;
  me: string | undefined;
  start: string;
  hops: number;
  figure: (at: number, text: string) => ReactNode;
}

/** The verdict: whom to ask, and how the way compares with the obvious one. */
export function Sentence(props: SentenceProps) {
  const { picks, account, me, start } = props;
  const [best] = picks;
  if (!best) return <None {...props} />;
  const people = peopleOf(best);
  const goal = people.at(-1)!;
  const [, ask] = people;
  const before = people.at(-2)!;
  const slots = {
    start: people[0]!.id === me ? say("youSubject") : start,
    who: people[0]!.id === me ? "you" : "other",
    ask: ask!.name,
    before: <Mention key="before" who={before} />,
    goal: goal.name,
    score: props.figure(0, String(Math.round(best.strength))),
  };
  const assumed = best.hops.some(({ kind }) => kind === "REPORTS_TO");
  const pattern = best.hops.length === 1 ? "askNobody" : best.hops.length === 2 ? "askOne" : "askTwo";
  return (
    <>
      {account && (
        <>{say(goal.title ? "bestPerson" : "bestPersonOnly", { name: goal.name, title: goal.title ?? "" })} </>
      )}
      {say.rich(pattern, slots)}{" "}
      <span className={assumed ? "soft" : ""}>{assumed ? say("isAssumed") : <Compared {...props} />}</span>
    </>
  );
}

function None({ leftOut, direct, target, hops }: SentenceProps) {
  const strongest = [...leftOut, ...(direct ? [direct] : [])].sort((one, other) => other.strength - one.strength)[0];
  return strongest
    ? say("tooWeak", {
        score: strongest.strength.toFixed(1).replace(/\.0$/, ""),
        reason: strongest.hops.at(-1)!.reason,
      })
    : say("none", { name: target, n: hops });
}

function Compared({ picks, figure }: SentenceProps) {
  const [best, ...others] = picks;
  if (!best || best.hops.length === 1) return null;
  const people = peopleOf(best);
  const alone = others.find(
    (way) => way.hops.length < best.hops.length && way.hops.length > 1 && peopleOf(way).at(-2)!.id === people[1]!.id,
  );
  const other = alone ?? others[0];
  if (!other) return say("onlyWay");
  const slots = {
    score: figure(0, String(Math.round(best.strength))),
    other: figure(picks.indexOf(other), String(Math.round(other.strength))),
    n: best.hops.length - other.hops.length,
    name: firstWord(alone ? people[1]!.name : peopleOf(other).at(other.hops.length > 1 ? -2 : -1)!.name),
    much: best.strength >= TWICE * other.strength ? "twice" : "other",
  };
  return say.rich(alone ? "longer" : other.hops.length === 1 ? "againstDirect" : "against", slots);
}

/** What the latest contact of a direct hop was. */
export function DirectSentence({ way, me }: { way: WayFragment; me: string | undefined }) {
  const hop = way.hops[0]!;
  const contact = hop.contacts[0];
  if (!contact) return about(hop, me);
  const slots = {
    who: hop.from.id === me ? "you" : "other",
    from: firstWord(hop.from.name),
    to: firstWord(hop.to.name),
    day: day(contact.at),
    subject: contact.subject ?? say("noSubject"),
  };
  const answered = hop.contacts.some(({ direction }) => direction === "BACKWARD");
  const kind =
    contact.kind === "EMAIL"
      ? contact.direction === "FORWARD"
        ? "directSent"
        : "directReceived"
      : contact.kind === "CALL"
        ? "directCall"
        : "directMet";
  return (
    <>
      {say(kind, slots)} {kind === "directSent" && !answered && say("noAnswer", slots)}
    </>
  );
}
