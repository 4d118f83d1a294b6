import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Search } from "lucide-react";
import { useLocation } from "wouter";
import { FindDocument, type FindQuery } from "../generated/graphql";
import { Caps } from "../parts/Page";
import { words } from "../words/words";
import { client, ROOT } from "./client";
import { Dialog } from "./KeySheet";
import { useCurrentView } from "./lens";
import {
  actions,
  actionsWith,
  hitGroups,
  matching,
  restingGroups,
  SCOPES,
  type Group,
  type Item,
  type Scope,
} from "./paletteItems";
import { session, useStore } from "./session";

const say = words("palette");
const PAUSE_MS = 60;
const ANNOUNCE_MS = 500;

type Hits = NonNullable<FindQuery["search"]>;

/** The hits for a text; those of the text before stay until the next ones are here. */
function useHits(text: string, scope: Scope): { hits: Hits; failed: boolean } {
  const [found, setFound] = useState<{ hits: Hits; failed: boolean }>({ hits: [], failed: false });
  const wanted = scope === "do" ? "" : text.trim();
  useEffect(() => {
    if (wanted === "") return undefined;
    let subscription: { unsubscribe: () => void } | undefined;
    const timer = window.setTimeout(() => {
      const kinds = SCOPES.find((each) => each.scope === scope)?.kinds ?? null;
      subscription = client
        .query<FindQuery>(FindDocument.toString(), { text: wanted, kinds })
        .subscribe(({ data, error }: { data?: FindQuery; error?: unknown }) =>
          setFound({ hits: data?.search ?? [], failed: error !== undefined }),
        );
    }, PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
      subscription?.unsubscribe();
    };
  }, [wanted, scope]);
  return wanted === "" ? { hits: [], failed: false } : found;
}

/** Finds and does: one field, one list, and the keys of a combobox. */
export function Palette({ close }: { close: () => void }) {
  const [text, setText] = useState("");
  const [scope, setScope] = useState<Scope>("all");
  const [picked, setPicked] = useState<string | null>(null);
  const [acting, setActing] = useState<Item | null>(null);
  const [, navigate] = useLocation();
  const current = useCurrentView();
  const { user } = useStore(session);
  const { hits, failed } = useHits(text, scope);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  const groups = useMemo<Group[]>(() => {
    if (acting?.subject)
      return [{ label: say("actionsWith", { name: acting.name }), items: matching(actionsWith(acting.subject), "") }];
    const does = matching(actions(), text);
    if (scope === "do") return [{ label: say("actions"), items: does }];
    if (text.trim() === "") return [...restingGroups(current), { label: say("actions"), items: does }];
    const found = hitGroups(hits, current, user?.id);
    const best = found[0]?.items[0];
    const withBest = best?.subject
      ? [{ label: say("actionsWith", { name: best.name }), items: actionsWith(best.subject) }]
      : [];
    return [...found.slice(0, 1), ...withBest, ...found.slice(1), { label: say("actions"), items: does }];
  }, [acting, text, scope, hits, current, user]);
  const shown = groups.filter(({ items }) => items.length > 0);
  const items = shown.flatMap((group) => group.items.map((item) => ({ item, key: `${group.label} ${item.id}` })));
  const at = Math.max(
    0,
    items.findIndex(({ key }) => key === picked),
  );
  const chosen = items[at];

  useEffect(() => {
    list.current?.querySelector("[aria-selected='true']")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const run = (item: Item, newTab: boolean) => {
    if (newTab && item.href) return void window.open(ROOT + item.href, "_blank", "noopener");
    close();
    item.act?.();
    if (item.href) navigate(item.href);
  };
  const retype = (next: string) => {
    setText(next);
    setPicked(null);
    setActing(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const atEnd = event.currentTarget.selectionStart === text.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setPicked(items[(at + step + items.length) % items.length]?.key ?? null);
    else if (event.key === "Enter" && chosen) run(chosen.item, event.metaKey || event.ctrlKey);
    else if (event.key === "ArrowRight" && atEnd && chosen?.item.subject) setActing(chosen.item);
    else if (event.key === "ArrowLeft" && acting) setActing(null);
    else if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) setScope("do");
    else return;
    event.preventDefault();
  };

  return (
    <Dialog close={close} label={say("title")} className="palette">
      <div className="palette-head">
        <Search aria-hidden="true" />
        <input
          type="text"
          role="combobox"
          aria-label={say("placeholder")}
          placeholder={say("placeholder")}
          aria-expanded="true"
          aria-controls={`${id}list`}
          aria-activedescendant={chosen ? `${id}${at}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          value={text}
          onChange={(event) => retype(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <span className="scopes">
          {SCOPES.map(({ scope: each, label }) => (
            <button
              key={each}
              type="button"
              className="chip"
              aria-pressed={each === scope}
              onClick={() => setScope(each)}
            >
              {label}
            </button>
          ))}
        </span>
      </div>
      <div className="palette-list" role="listbox" id={`${id}list`} aria-label={say("results")} ref={list}>
        {shown.map((group, index) => (
          <div key={group.label} role="group" aria-labelledby={`${id}group${index}`}>
            <h3 id={`${id}group${index}`} role="presentation">
              {group.label}
            </h3>
            {group.items.map((item) => {
              const place = items.findIndex((each) => each.key === `${group.label} ${item.id}`);
              return (
                <div
                  key={item.id}
                  id={`${id}${place}`}
                  role="option"
                  aria-selected={place === at}
                  className="option"
                  onPointerMove={() => setPicked(items[place]!.key)}
                  onClick={(event) => run(item, event.metaKey || event.ctrlKey)}
                >
                  {item.mark}
                  <span className="name">{marked(item.name, text)}</span>
                  {item.detail && <span className="detail">{item.detail}</span>}
                  {item.end && <span className="end">{item.end}</span>}
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {text.trim() !== "" && scope !== "do" && hits.length === 0 && (
        <p className="none">{say(failed ? "failed" : "none")}</p>
      )}
      <div className="palette-foot">
        <span>
          <Caps keys={["↑", "↓"]} /> {say("choose")}
        </span>
        <span>
          <Caps keys={["↵"]} /> {say("open")}
        </span>
        <span>
          <Caps keys={["→"]} /> {say("actionsKey")}
        </span>
        <span>
          <Caps keys={["⌘↵"]} /> {say("newTab")}
        </span>
        <span className="hint">{say("hint")}</span>
      </div>
      <Announced n={hits.length} text={text} />
    </Dialog>
  );
}

/** Tells screen readers the number of results once the reader has stopped typing. */
function Announced({ n, text }: { n: number; text: string }) {
  const [announced, setAnnounced] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => setAnnounced(text ? say("announced", { n }) : ""), ANNOUNCE_MS);
    return () => window.clearTimeout(timer);
  }, [n, text]);
  return (
    <span className="vh" role="status">
      {announced}
    </span>
  );
}

/** The name with the typed beginnings of its words marked. */
function marked(name: string, text: string): ReactNode {
  const typed = text.toLowerCase().split(/\s+/).filter(Boolean);
  return name.split(/(\s+)/).map((word, index) => {
    const match = typed.find((each) => word.toLowerCase().startsWith(each));
    if (!match) return word;
    return (
      <span key={index}>
        <mark>{word.slice(0, match.length)}</mark>
        {word.slice(match.length)}
      </span>
    );
  });
}
