import { useEffect, useRef, type ReactNode } from "react";
import { Check, CircleEllipsis, Clock, Lock, Pin, PinOff, Plus } from "lucide-react";
import { Link, useLocation } from "wouter";
import { sameLens } from "../app/addresses";
import { useKeys } from "../app/keys";
import { useAgain, useCurrentView } from "../app/lens";
import { readCatalog } from "../app/reports";
import { neighbours, pinned, useStore, visit, type Subject } from "../app/session";
import { togglePin } from "../app/settings";
import { addressOf, lenses } from "../app/views";
import { IconButton } from "./IconButton";
import { words } from "../words/words";
import { openLog } from "./dialogs";
import { Moment } from "./Moment";
import { ReportButton } from "./ReportButton";
import { toast } from "./toasts";
import { Qualified } from "./Verdict";

const say = words("frame");
const sayLog = words("log");

export interface Crumb {
  label: string;
  href: string;
}

export interface Head {
  crumbs?: readonly Crumb[];
  mark?: ReactNode;
  title: string;
  detail?: string | undefined;
  tag?: string | undefined;
  /** The subject of the page, for recent and pinned subjects, tabs and neighbours. */
  subject?: Subject & { kind: string };
  /** The count of each lens, by the name of its view. */
  counts?: Readonly<Record<string, string | number | null | undefined>>;
}

export interface Honesty {
  /** What is complete, in one sentence. */
  says: string;
  /** The number of records that access rules hide. */
  hidden?: number;
  /** Not all rows are loaded. */
  unfinished?: boolean;
}

interface Props {
  head: Head;
  actions?: ReactNode;
  verdict?: ReactNode;
  panel?: ReactNode;
  honesty: Honesty;
  /** The moment of the view; empty means now. */
  moment?: string;
  toNow?: () => void;
  children: ReactNode;
}

/** A page: head with breadcrumbs and tabs, the verdict, the content, the panel and the honesty line. */
export function Page({ head, actions, verdict, panel, honesty, moment = "", toNow, children }: Props) {
  const body = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = say("document", { title: head.title });
    void readCatalog();
  }, [head.title]);
  const { subject } = head;
  const id = subject?.id;
  useEffect(() => {
    if (subject)
      visit({
        type: subject.type,
        id: subject.id,
        name: subject.name,
        ...(subject.detail ? { detail: subject.detail } : {}),
      });
    // A subject is visited once, not each time it is drawn.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);
  return (
    <div className={panel ? "sheet" : "sheet no-panel"}>
      <header className="head">
        <div className="bar">
          <Crumbs head={head} />
          <div className="r">
            {subject && <Neighbours subject={subject} />}
            <Moment moment={moment} toNow={toNow} />
            {actions}
            {subject && <LogButton subject={subject} />}
            {subject && <ReportButton subject={subject} moment={moment} />}
            {subject && <PinButton subject={subject} />}
          </div>
        </div>
        {subject && <Tabs head={head} moment={moment} />}
      </header>
      <main className="body" ref={body} tabIndex={-1}>
        <Qualified value={(honesty.hidden ?? 0) > 0}>{verdict}</Qualified>
        {children}
      </main>
      {panel && (
        <aside className="panel" aria-label={say("panel")} tabIndex={0}>
          {panel}
        </aside>
      )}
      <Foot honesty={honesty} moment={moment} />
    </div>
  );
}

function Crumbs({ head }: { head: Head }) {
  return (
    <div className="crumb">
      {head.crumbs && head.crumbs.length > 0 && (
        <nav aria-label={say("breadcrumbs")} className="trail">
          {head.crumbs.map(({ label, href }) => (
            <span key={href}>
              <Link href={href}>{label}</Link>
              <span className="sep" aria-hidden="true">
                /
              </span>
            </span>
          ))}
        </nav>
      )}
      {head.mark}
      <h1>{head.title}</h1>
      {head.detail && <span className="detail">{head.detail}</span>}
      {head.tag && <span className="tag">{head.tag}</span>}
    </div>
  );
}

function Neighbours({ subject }: { subject: Subject }) {
  const list = useStore(neighbours);
  const current = useCurrentView();
  const [, navigate] = useLocation();
  const at = list?.type === subject.type ? list.ids.indexOf(subject.id) : -1;
  const go = (step: number) => {
    const id = list?.ids[at + step];
    if (at >= 0 && id) navigate(sameLens(current?.view ?? null, subject.type, id));
  };
  useKeys({ "[": () => go(-1), "]": () => go(1) });
  if (at < 0 || !list) return null;
  return (
    <span className="neighbours">
      <button type="button" className="kbtn" aria-label={say("previous")} disabled={at === 0} onClick={() => go(-1)}>
        [
      </button>
      <button
        type="button"
        className="kbtn"
        aria-label={say("next")}
        disabled={at + 1 === list.ids.length}
        onClick={() => go(1)}
      >
        ]
      </button>
      <span className="num">{say("neighbour", { n: at + 1, total: list.ids.length })}</span>
    </span>
  );
}

/** Logs a call, a meeting or a mail with the subject. */
export function LogButton({ subject }: { subject: Pick<Subject, "id" | "name"> }) {
  const again = useAgain();
  const open = () => openLog(subject.id, again);
  useKeys({ l: open });
  return (
    <button
      type="button"
      className="btn log"
      aria-label={sayLog("button")}
      title={sayLog("action", { name: subject.name })}
      onClick={open}
    >
      <Plus aria-hidden="true" /> <span className="wide-only">{sayLog("button")}</span>
    </button>
  );
}

function PinButton({ subject }: { subject: Subject }) {
  const on = useStore(pinned).some(({ id }) => id === subject.id);
  const toggle = () => {
    const { type, id, name } = subject;
    const now = togglePin({ type, id, name });
    toast({ message: say(now ? "pinDone" : "unpinDone", { name }), undo: () => togglePin({ type, id, name }) });
  };
  // The keys of the view itself come first.
  const pin = words("keys")("pin");
  const taken = useCurrentView()?.view.keys?.some(({ keys, does }) => keys.includes("P") && does !== pin);
  useKeys(taken ? {} : { p: toggle });
  const label = say(on ? "unpin" : "pin");
  return <IconButton label={label} icon={on ? PinOff : Pin} on={on} press={toggle} />;
}

function Tabs({ head, moment }: { head: Head; moment: string }) {
  const current = useCurrentView();
  const [, navigate] = useLocation();
  const subject = head.subject!;
  const tabs = lenses(subject.kind);
  // A lens that can be seen at the moment keeps it.
  const hrefs = tabs.map(
    (view) =>
      addressOf(view, { id: subject.id, type: subject.type }) + (moment && "at" in view.lens ? `?at=${moment}` : ""),
  );
  // The keys of the view itself come first.
  const own = new Set(current?.view.keys?.flatMap(({ keys }) => keys.map((key) => key.toLowerCase())));
  const keys = tabs.flatMap(({ tab }, index) =>
    [String(tab!.order), tab!.letter ?? []].flat().map((key) => [key, () => navigate(hrefs[index]!)] as const),
  );
  useKeys(Object.fromEntries(keys.filter(([key]) => !own.has(key))));
  if (tabs.length === 0) return null;
  return (
    <nav className="tabs" aria-label={say("tabs", { name: subject.name })}>
      {tabs.map((view, index) => {
        const count = head.counts?.[view.name];
        return (
          <Link key={view.name} href={hrefs[index]!} aria-current={view === current?.view ? "page" : undefined}>
            {view.tab!.label}
            {count !== undefined && count !== null && <span className="c">{count}</span>}
          </Link>
        );
      })}
    </nav>
  );
}

function Foot({ honesty, moment }: { honesty: Honesty; moment: string }) {
  const current = useCurrentView();
  const keys = current?.view.keys ?? [];
  const hidden = honesty.hidden ?? 0;
  const Mark = moment ? Clock : hidden > 0 ? Lock : honesty.unfinished ? CircleEllipsis : Check;
  return (
    <footer className={moment ? "foot past" : "foot"}>
      <span className="says">
        <Mark aria-hidden="true" className={Mark === Check ? "ok" : ""} /> {honesty.says}
        {hidden > 0 && (
          <span className="hides">
            {moment && <Lock aria-hidden="true" />} {say("hidden", { n: hidden })}
          </span>
        )}
      </span>
      <span className="keys">
        {keys.slice(0, 4).map(({ keys: caps, does }) => (
          <span key={does}>
            <Caps keys={caps} /> {does}
          </span>
        ))}
        <span>
          <Caps keys={["?"]} /> {say("allKeys")}
        </span>
      </span>
    </footer>
  );
}

/** Key caps. */
export function Caps({ keys }: { keys: readonly string[] }) {
  return keys.map((key) => <kbd key={key}>{key}</kbd>);
}
