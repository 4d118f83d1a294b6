import { CircleCheck, CircleX, RotateCcw } from "lucide-react";
import { RecordMark } from "../marks/marks";
import { dialogs, type Argument } from "../parts/dialogs";
import type { Head } from "../parts/Page";
import { firstWord } from "../words/format";
import { words } from "../words/words";

const say = words("deal");

/** The subject of all lenses on a deal. */
export function dealSubject(id: string, name: string): NonNullable<Head["subject"]> {
  return { type: "Opportunity", kind: "deal", id, name };
}

/** The name of a deal; the word that it shares with its account is for screen readers and searches. */
export function DealName({ name, account = "" }: { name: string; account?: string | undefined }) {
  const shared = `${firstWord(account)}: `;
  const rest = name.startsWith(shared) ? name.slice(shared.length) : name;
  return (
    <>
      <RecordMark kind="deal" />
      <span className="cut" title={name}>
        {rest !== name && <span className="vh">{shared}</span>}
        {rest}
      </span>
    </>
  );
}

/** What the buttons of a deal need to know of it. */
export interface ClosableDeal {
  id: string;
  name: string;
  state: string;
  closeProbability: number | null;
}

/** Win, lose and reopen: each asks once and says what follows. */
export function DealActions({ deal, again }: { deal: ClosableDeal; again: () => void }) {
  const { id, name, state, closeProbability } = deal;
  const args: Argument[] = [{ name: "opportunity", value: id }];
  const reopened =
    closeProbability === null ? args : [...args, { name: "closeProbability", value: String(closeProbability) }];
  const close = (verb: "win" | "lose") => () =>
    dialogs.set({
      action: `${verb}Opportunity`,
      title: say(`${verb}Title`, { name }),
      follows: say(`${verb}Follows`),
      button: say(`${verb}Button`),
      args,
      hidden: ["opportunity"],
      inverse: { action: "reopenOpportunity", args: reopened },
      done: again,
    });
  const reopen = () =>
    dialogs.set({
      action: "reopenOpportunity",
      title: say("reopenTitle", { name }),
      follows: say("reopenFollows"),
      button: say("reopenButton"),
      args,
      hidden: ["opportunity"],
      done: again,
    });
  const button = (verb: "win" | "lose" | "reopen", Icon: typeof CircleCheck, press: () => void) => (
    <button type="button" className="btn" onClick={press}>
      <Icon aria-hidden="true" className="wide-only" /> {say(verb)}
    </button>
  );
  if (state !== "OPEN") return button("reopen", RotateCcw, reopen);
  return (
    <>
      {button("lose", CircleX, close("lose"))}
      {button("win", CircleCheck, close("win"))}
    </>
  );
}
