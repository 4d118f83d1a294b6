import { CircleHelp, Ellipsis, LogOut, Search } from "lucide-react";
import { useEffect } from "react";
import { Link } from "wouter";
import { Person, RecordMark } from "../marks/marks";
import { IconButton } from "../parts/IconButton";
import { count } from "../words/format";
import { words } from "../words/words";
import { recordAddress, sameLens } from "./addresses";
import { readLens, writeLens } from "./codec";
import { useCurrentView } from "./lens";
import { pinned, session, useStore, type Subject } from "./session";
import { readSignIn, signIn, signOut } from "./signIn";
import { markOf } from "./subjects";
import { RAIL } from "./views";

const say = words("frame");
/** The places of the bottom bar of a phone: two views, the search, other views, and the rest. */
const BAR = RAIL.filter((view) => view.rail!.bar);
const BEFORE_FIND = 2;

type Entry = (typeof RAIL)[number];

interface Props {
  area: string;
  find: () => void;
  showKeys: () => void;
}

/** The address of an entry: for a caller whom a user represents, with what is their own. */
function useEntry(): (view: Entry) => string {
  const { user } = useStore(session);
  return ({ address, lens, rail }) => {
    const search = user && rail!.own ? writeLens(lens, { ...readLens<object>(lens, ""), ...rail!.own }) : "";
    return search ? `${address}?${search}` : address;
  };
}

/** The rail on the left; on a phone a bar at the bottom. */
export function Rail({ area, find, showKeys }: Props) {
  const { counts, user } = useStore(session);
  const pins = useStore(pinned);
  const entry = useEntry();
  return (
    <>
      <nav className="rail" aria-label={say("rail")}>
        <Link href="/" className="brand" aria-label={say("brand")}>
          <Logo /> <span className="wide-only">{say("brand")}</span>
        </Link>
        <button type="button" className="find" title={say("find")} onClick={find} aria-keyshortcuts="Control+K /">
          <Search aria-hidden="true" /> <span className="wide-only">{say("find")}</span>
          <kbd className="wide-only">⌘K</kbd>
        </button>
        {RAIL.map((view) => {
          const { icon: Icon, count: counted } = view.rail!;
          const n = counted ? counts?.[counted] : undefined;
          return (
            <Link
              key={view.name}
              href={entry(view)}
              className="nav"
              aria-current={view.area === area ? "page" : undefined}
              title={view.title}
            >
              <Icon aria-hidden="true" /> <span className="wide-only">{view.title}</span>
              {n !== undefined && <span className="c wide-only">{count(n)}</span>}
            </Link>
          );
        })}
        {pins.length > 0 && <Pins pins={pins} />}
        <Me name={user?.name ?? null} showKeys={showKeys} />
      </nav>
      <nav className="tabbar" aria-label={say("rail")}>
        {BAR.slice(0, BEFORE_FIND).map((view) => (
          <BarLink key={view.name} view={view} area={area} />
        ))}
        <button type="button" onClick={find}>
          <Search aria-hidden="true" /> {say("findShort")}
        </button>
        {BAR.slice(BEFORE_FIND).map((view) => (
          <BarLink key={view.name} view={view} area={area} />
        ))}
        <button type="button" onClick={find}>
          <Ellipsis aria-hidden="true" /> {say("more")}
        </button>
      </nav>
    </>
  );
}

/** The reader: the name, how they are signed in, and the way out. */
function Me({ name, showKeys }: { name: string | null; showKeys: () => void }) {
  const how = useStore(signIn);
  useEffect(() => void readSignIn(), []);
  return (
    <div className="me" role="group" aria-label={say("account")}>
      {name !== null && <Person name={name} whose="ours" named />}
      <span className="wide-only">
        {name}
        {how?.automatic && <span className="how">{say("automatic")}</span>}
      </span>
      {how?.session && <IconButton label={say("signOut")} icon={LogOut} press={() => void signOut()} />}
      <IconButton label={say("keys")} icon={CircleHelp} press={showKeys} />
    </div>
  );
}

function BarLink({ view, area }: { view: Entry; area: string }) {
  const entry = useEntry();
  const { icon: Icon } = view.rail!;
  return (
    <Link href={entry(view)} aria-current={view.area === area ? "page" : undefined}>
      <Icon aria-hidden="true" /> {view.title}
    </Link>
  );
}

function Pins({ pins }: { pins: readonly Subject[] }) {
  const current = useCurrentView();
  return (
    <>
      <h2 className="wide-only">{say("pinned")}</h2>
      {pins.map((pin) => (
        <Link
          key={pin.id}
          className="nav"
          title={pin.name}
          href={current ? sameLens(current.view, pin.type, pin.id) : recordAddress(pin.type, pin.id)}
        >
          <RecordMark kind={markOf(pin.type)} /> <span className="wide-only cut">{pin.name}</span>
        </Link>
      ))}
    </>
  );
}

function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" className="logo">
      <path d="M6 10h8" />
      <circle cx="5" cy="10" r="3.5" className="ours" />
      <circle cx="15.5" cy="10" r="3" />
    </svg>
  );
}
