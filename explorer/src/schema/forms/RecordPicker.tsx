import { useEffect, useId, useState, type KeyboardEvent } from "react";
import { client } from "../../app/client";
import { recent } from "../../app/session";
import { markOf, PEOPLE } from "../../app/subjects";
import { PickDocument, type PickQuery } from "../../generated/graphql";
import { Person, RecordMark } from "../../marks/marks";
import { humanized } from "../../words/format";
import { words } from "../../words/words";
import { nameOf, type Reference } from "../records";
import { attributesOf, type ControlProps } from "./attributes";
import { isChoice, type Choice } from "./drafts";

const say = words("forms");
const PAUSE_MS = 120;

function kindOf(type: string): string {
  return type.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();
}

/** The records that were open recently, of the kinds that fit. */
function recentChoices(kinds: readonly string[] | null): Choice[] {
  return recent
    .get()
    .filter(({ type }) => kinds === null || kinds.includes(kindOf(type)))
    .map(({ type, id, name }) => ({ __typename: type, id, name }));
}

function useHits(text: string, kinds: readonly string[] | null): readonly Choice[] {
  const [hits, setHits] = useState<readonly Choice[]>([]);
  const typed = text.trim();
  useEffect(() => {
    if (typed === "") return undefined;
    let live = true;
    const timer = window.setTimeout(() => {
      void client
        .query<PickQuery>(PickDocument.toString(), { text: typed, kinds })
        .toPromise()
        .then(({ data }) => {
          const nodes = (data?.search ?? []).map(({ node }) => node as unknown as Reference);
          if (live) setHits(nodes.map((node) => ({ __typename: node.__typename, id: node.id, name: nameOf(node) })));
        });
    }, PAUSE_MS);
    return () => {
      live = false;
      window.clearTimeout(timer);
    };
  }, [typed, kinds]);
  return typed === "" ? [] : hits;
}

/** Finds a record by its name: a combobox with one list. */
export function RecordPicker(props: ControlProps) {
  const { label, field, draft, change } = props;
  const chosen = isChoice(draft) ? draft : null;
  const [text, setText] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const list = useId();
  const kinds = field.kinds ?? null;
  const open = text !== null;
  const hits = useHits(text ?? "", kinds);
  const choices = !open ? [] : text.trim() === "" ? recentChoices(kinds) : hits;
  const place = Math.min(at, choices.length - 1);
  const take = (choice: Choice) => {
    change(choice);
    setText(null);
  };
  const leave = () => {
    if (text?.trim() === "" && chosen) change(null);
    setText(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && !open) setText(chosen?.name ?? "");
    else if (step !== undefined && choices.length > 0) setAt((place + step + choices.length) % choices.length);
    else if (event.key === "Enter" && !event.metaKey && !event.ctrlKey && open && choices[place]) take(choices[place]);
    else if (event.key === "Escape" && open) setText(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className="picker">
      <input
        {...attributesOf(props)}
        type="text"
        role="combobox"
        aria-expanded={choices.length > 0}
        aria-controls={list}
        aria-activedescendant={choices[place] ? `${list}${place}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={say("find")}
        value={text ?? chosen?.name ?? ""}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onFocus={(event) => event.target.select()}
        onClick={() => !open && setText(chosen?.name ?? "")}
        onBlur={leave}
        onKeyDown={onKeyDown}
      />
      <span role="listbox" id={list} aria-label={label} hidden={choices.length === 0}>
        {choices.map((choice, index) => (
          <span
            key={choice.id}
            id={`${list}${index}`}
            role="option"
            aria-selected={index === place}
            onPointerMove={() => setAt(index)}
            onPointerDown={(event) => {
              event.preventDefault();
              take(choice);
            }}
          >
            {PEOPLE.has(choice.__typename) ? (
              <Person name={choice.name} whose={choice.__typename === "User" ? "ours" : "theirs"} />
            ) : (
              <RecordMark kind={markOf(choice.__typename)} />
            )}
            <span className="cut">{choice.name}</span>
            <span className="detail">{humanized(choice.__typename)}</span>
          </span>
        ))}
      </span>
    </span>
  );
}
