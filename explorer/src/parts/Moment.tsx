import { useState } from "react";
import { CalendarDays } from "lucide-react";
import { useLocation, useSearch } from "wouter";
import { readLens, writeLens, type Fields } from "../app/codec";
import { Dialog } from "../app/KeySheet";
import { useKeys } from "../app/keys";
import { useCurrentView } from "../app/lens";
import { day } from "../words/format";
import { words } from "../words/words";

const say = words("frame");

interface Props {
  /** The moment of the view; empty means now. */
  moment: string;
  toNow: (() => void) | undefined;
}

/** The moment of the view, and with ⌘. another one; a view without moments says why. */
export function Moment({ moment, toNow }: Props) {
  const [choosing, setChoosing] = useState(false);
  const open = () => setChoosing(true);
  useKeys({ "$mod+.": open });
  return (
    <>
      {moment ? (
        <button type="button" className="moment past" onClick={toNow} title={say("backToNow")}>
          <CalendarDays aria-hidden="true" /> {say("asOf", { day: day(moment) })}
        </button>
      ) : (
        <button type="button" className="moment" onClick={open} title={say("chooseMoment")}>
          <CalendarDays aria-hidden="true" /> {say("asOfNow")}
        </button>
      )}
      {choosing && <MomentDialog moment={moment} close={() => setChoosing(false)} />}
    </>
  );
}

function MomentDialog({ moment, close }: { moment: string; close: () => void }) {
  const current = useCurrentView();
  const search = useSearch();
  const [path, navigate] = useLocation();
  const [chosen, setChosen] = useState(moment);
  const lens = (current?.view.lens ?? {}) as Fields<{ at?: string }>;
  const today = new Date().toISOString().slice(0, 10);
  const show = (at: string) => {
    const next = writeLens(lens, { ...readLens(lens, search), at });
    navigate(next ? `${path}?${next}` : path);
    close();
  };
  return (
    <Dialog close={close} label={say("momentTitle")} className="moment-dialog">
      <h2>{say("momentTitle")}</h2>
      {"at" in lens ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            show(chosen < today ? chosen : "");
          }}
        >
          <label>
            {say("momentLabel")}
            <input
              type="date"
              max={today}
              value={chosen}
              autoFocus
              onChange={(event) => setChosen(event.target.value)}
            />
          </label>
          <button type="submit" className="btn pri">
            {say("momentShow")}
          </button>
          <button type="button" className="btn" onClick={() => show("")}>
            {say("backToNow")}
          </button>
        </form>
      ) : (
        <p className="dim">{current?.view.present ?? say("momentNone")}</p>
      )}
    </Dialog>
  );
}
