import { useMemo, useState } from "react";
import { Copy, Mail } from "lucide-react";
import { useKeys } from "../../app/keys";
import type { WayFragment } from "../../generated/graphql";
import { Gauge } from "../../marks/marks";
import { PanelSection } from "../../parts/Panel";
import { toast } from "../../parts/toasts";
import { words } from "../../words/words";
import { about } from "./sentences";
import { pairOf } from "./Strip";
import { independent, peopleOf, person, weakest } from "./ways";
import { firstWord } from "../../words/format";

const say = words("way");

interface Props {
  way: WayFragment;
  picks: readonly WayFragment[];
  me: { id: string; name: string } | null;
  company: string | null;
}

/** The text to send to each person of the way, and how its strength comes about. */
export function RequestPanel({ way, picks, me, company }: Props) {
  const people = peopleOf(way);
  const [chosen, setChosen] = useState({ way, step: 1 });
  const step = chosen.way === way ? Math.min(chosen.step, people.length - 1) : 1;
  return (
    <>
      <div className="p-head ask">
        <h2>{say("ask")}</h2>
        <span className="seg" role="group" aria-label={say("steps")}>
          {people.slice(1).map(({ id, name }, index) => (
            <button
              key={id}
              type="button"
              aria-pressed={step === index + 1}
              onClick={() => setChosen({ way, step: index + 1 })}
            >
              {say("step", { n: index + 1, name: firstWord(name) })}
            </button>
          ))}
        </span>
      </div>
      <Message key={people.map(({ id }) => id).join() + String(step)} way={way} step={step} me={me} company={company} />
      <HowItComesAbout way={way} me={me?.id} />
      <WeakestHop way={way} picks={picks} me={me?.id} />
    </>
  );
}

function Message({
  way,
  step,
  me,
  company,
}: {
  way: WayFragment;
  step: number;
  me: Props["me"];
  company: string | null;
}) {
  const [reason, setReason] = useState("");
  const people = peopleOf(way);
  const to = people[step]!;
  const goal = people.at(-1)!;
  const last = to === goal;
  const next = people[step + 1];
  const hop = way.hops[step];
  const paragraphs = useMemo(() => {
    const slots = {
      name: firstWord(to.name),
      goal: goal.name,
      title: goal.title?.toLowerCase() ?? "",
      company: company ?? "",
      next: next ? firstWord(next.name) : "",
      by: step > 1 ? people[step - 1]!.name : "",
      me: me ? firstWord(me.name) : "",
    };
    const opening = last
      ? say(step > 1 ? "mailBy" : "mailDirect", slots)
      : say(goal.title && company ? "mailWish" : "mailWishOnly", slots);
    return {
      hello: say(to.ours ? "mailHi" : "mailDear", { name: to.ours ? firstWord(to.name) : to.name }),
      opening:
        hop && next
          ? `${opening} ${[hop, way.hops[step + 1]].flatMap((one) => (one ? [about(one, to.id)] : [])).join(" ")}`
          : opening,
      question: say(last ? "mailMeet" : next === goal ? "mailIntroduce" : "mailPass", slots),
      thanks: say("mailThanks"),
      me: slots.me,
    };
  }, [to, goal, company, next, step, people, me, last, hop, way]);
  const subject = say(last ? "mailSubjectDirect" : "mailSubject", { name: last ? (me?.name ?? "") : goal.name });
  const gap = reason.trim() || say("reason");
  const text = [
    paragraphs.hello,
    paragraphs.opening,
    `${paragraphs.question} ${say("mailTopic", { reason: gap })}`,
    `${paragraphs.thanks}\n${paragraphs.me}`,
  ].join("\n\n");
  const copy = () => {
    void navigator.clipboard.writeText(text).then(
      () => toast({ message: say("textCopied", { name: firstWord(to.name) }) }),
      () => toast({ message: say("notCopied"), refused: true }),
    );
  };
  useKeys({ c: copy });
  const address = `mailto:${encodeURIComponent(to.address ?? "")}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text)}`;
  return (
    <section className="p-sec message" aria-label={say("message")}>
      <dl className="mail-head">
        <dt>{say("mailTo")}</dt>
        <dd>{to.name}</dd>
        <dt>{say("mailAbout")}</dt>
        <dd>{subject}</dd>
      </dl>
      <p>{paragraphs.hello}</p>
      <p>{paragraphs.opening}</p>
      <p>
        {paragraphs.question}{" "}
        {say.rich("mailTopic", {
          reason: (
            <input
              key="reason"
              className="gap"
              aria-label={say("reasonLabel")}
              placeholder={say("reason")}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          ),
        })}
      </p>
      <p>
        {paragraphs.thanks}
        <br />
        {paragraphs.me}
      </p>
      <div className="buttons">
        <a className="btn pri" href={address}>
          <Mail aria-hidden="true" /> {say("openMail")}
        </a>
        <button type="button" className="btn" onClick={copy}>
          <Copy aria-hidden="true" /> {say("copy")}
        </button>
      </div>
    </section>
  );
}

function HowItComesAbout({ way, me }: { way: WayFragment; me: string | undefined }) {
  return (
    <PanelSection title={say("comesAbout", { score: Math.round(way.strength) })}>
      <dl className="terms">
        {way.hops.map((hop) => (
          <div key={hop.to.id}>
            <dt>{pairOf(hop, me)}</dt>
            <dd>
              <Gauge value={hop.strength} among={!person(hop.from).ours} />{" "}
              <span className="num">{hop.strength.toFixed(1)}</span>
            </dd>
          </div>
        ))}
        <div className="eq">
          <dt>{say("multiplied")}</dt>
          <dd className="num">{way.strength.toFixed(1)}</dd>
        </div>
      </dl>
      <p className="dimmer small">{say("definition")}</p>
    </PanelSection>
  );
}

function WeakestHop({ way, picks, me }: { way: WayFragment; picks: readonly WayFragment[]; me: string | undefined }) {
  const hop = weakest(way);
  const other = independent(way, picks);
  return (
    <PanelSection title={say("weakest")}>
      <p className="dim small">
        {say("weakestIs", { pair: pairOf(hop, me), score: hop.strength.toFixed(1) })} {about(hop, me)}{" "}
        {other
          ? say("ifItFails", {
              name: firstWord(peopleOf(other).at(other.hops.length > 1 ? -2 : -1)!.name),
              score: Math.round(other.strength),
            })
          : way.hops.length > 1 && say("noOther")}
      </p>
    </PanelSection>
  );
}
