import { useEffect, useMemo, useRef, useState } from "react";
import { mutate, type Failure } from "../../app/client";
import { SetStakeholderDocument, TakeSeatBackDocument } from "../../generated/graphql";
import { toast } from "../../parts/toasts";
import { words } from "../../words/words";
import { before, type Facts, moved, type Room, type Seat } from "./seats";

const say = words("dealRoom");
/** Steps within this time are one change. */
const PAUSE_MS = 500;

interface Pending {
  of: Room;
  seats: ReadonlyMap<string, Seat>;
}

export interface Moves {
  /** The seats with the changes that are on their way. */
  seats: readonly Seat[];
  justNow: string;
  /** Moves a seat by columns and rows. */
  move: (seat: Seat, right: number, down: number) => void;
  /** Gives a person who has no seat a role. */
  seatPerson: (person: { id: string; name: string }, role: string) => void;
}

/** Changes of stance and say: shown at once, sent after a pause, undone with `Z`. */
export function useMoves(room: Room, again: () => void): Moves {
  const opportunity = room.opportunity.id;
  const [pending, setPending] = useState<Pending>({ of: room, seats: new Map() });
  const [justNow, setJustNow] = useState("");
  const waiting = useRef<{ original: Seat; facts: Facts; timer: number } | null>(null);
  useEffect(() => {
    const holder = waiting;
    // A step that waits is sent when the reader leaves.
    return () => {
      const left = holder.current;
      if (!left) return;
      window.clearTimeout(left.timer);
      void mutate(SetStakeholderDocument, { opportunity, contact: left.original.contact.id, ...left.facts });
    };
  }, [opportunity]);
  const seats = useMemo(
    () => (pending.of === room ? room.seats.map((seat) => pending.seats.get(seat.contact.id) ?? seat) : room.seats),
    [pending, room],
  );

  const put = (id: string, seat: Seat | null) =>
    setPending((now) => {
      const next = new Map(now.of === room ? now.seats : []);
      if (seat) next.set(id, seat);
      else next.delete(id);
      return { of: room, seats: next };
    });
  const refuse = ({ message, remedy }: Failure) =>
    toast({ message: say("notSet", { reason: [message, remedy].filter(Boolean).join(" ") }), refused: true });

  const send = async (original: Seat, facts: Facts) => {
    const { id, name } = original.contact;
    const { failure } = await mutate(SetStakeholderDocument, { opportunity, contact: id, ...facts });
    if (failure) {
      put(id, null);
      setJustNow("");
      return refuse(failure);
    }
    const undo = async () => {
      const back = await mutate(SetStakeholderDocument, { opportunity, contact: id, ...before(original, facts) });
      if (back.failure) return refuse(back.failure);
      setJustNow("");
      toast({ message: say("setBack", { name }) });
      again();
    };
    toast({ message: say("set", { name, what: Object.values(facts).join(", ").toLowerCase() }), undo });
    again();
  };

  const flush = () => {
    const sent = waiting.current;
    waiting.current = null;
    if (!sent) return;
    window.clearTimeout(sent.timer);
    void send(sent.original, sent.facts);
  };

  const move = (seat: Seat, right: number, down: number) => {
    const step = moved(seat, right, down);
    if (!step) return;
    const { id } = seat.contact;
    if (waiting.current && waiting.current.original.contact.id !== id) flush();
    const same = waiting.current;
    window.clearTimeout(same?.timer);
    put(id, step.seat);
    setJustNow(id);
    waiting.current = {
      original: same?.original ?? seat,
      facts: { ...same?.facts, ...step.facts },
      timer: window.setTimeout(flush, PAUSE_MS),
    };
  };

  const seatPerson = async ({ id, name }: { id: string; name: string }, role: string) => {
    const { failure } = await mutate(SetStakeholderDocument, { opportunity, contact: id, role });
    if (failure) return refuse(failure);
    setJustNow(id);
    const undo = async () => {
      const back = await mutate(TakeSeatBackDocument, { record: opportunity, contact: id });
      if (back.failure) return refuse(back.failure);
      setJustNow("");
      toast({ message: say("seatTakenBack", { name }) });
      again();
    };
    toast({ message: say("seated", { name, role: role.toLowerCase() }), undo });
    again();
  };
  return { seats, justNow, move, seatPerson: (person, role) => void seatPerson(person, role) };
}
