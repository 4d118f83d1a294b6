import { useMemo, useState } from "react";
import { mutate, type Failure } from "../../app/client";
import { AddLineBackDocument, EndLineDocument, JudgeLineDocument, SetManagerDocument } from "../../generated/graphql";
import { toast } from "../../parts/toasts";
import { words } from "../../words/words";
import { isDraft, type OrgChart, type Seat, seatsOf } from "./seats";

const say = words("orgChart");

type Line = Pick<Seat, "managerId" | "confidence">;

interface Pending {
  of: OrgChart;
  lines: ReadonlyMap<string, Line>;
}

export interface Lines {
  /** The seats with the changes that are on their way. */
  seats: readonly Seat[];
  /** The lines to confirm or to reject. */
  drafts: readonly Seat[];
  confirm: (seat: Seat) => void;
  reject: (seat: Seat) => void;
  /** Gives a person another manager. */
  move: (seat: Seat, manager: Seat) => void;
}

/** Changes of reporting lines: each is shown at once, replaced by the answer, and undone with `Z`. */
export function useLines(chart: OrgChart, again: () => void): Lines {
  const [pending, setPending] = useState<Pending>({ of: chart, lines: new Map() });
  const seats = useMemo(() => {
    const all = seatsOf(chart);
    return pending.of === chart ? all.map((seat) => ({ ...seat, ...pending.lines.get(seat.id) })) : all;
  }, [chart, pending]);

  const put = (id: string, line: Line | null) =>
    setPending((now) => {
      const lines = new Map(now.of === chart ? now.lines : []);
      if (line) lines.set(id, line);
      else lines.delete(id);
      return { of: chart, lines };
    });
  const refuse = ({ message, remedy }: Failure) =>
    toast({ message: say("notSaved", { reason: [message, remedy].filter(Boolean).join(" ") }), refused: true });

  const write = async (
    seat: Seat,
    line: Line,
    send: () => Promise<{ failure: Failure | null }>,
    message: string,
    takeBack: () => Promise<{ failure: Failure | null }>,
  ) => {
    put(seat.id, line);
    const { failure } = await send();
    if (failure) {
      put(seat.id, null);
      return refuse(failure);
    }
    const undo = async () => {
      const back = await takeBack();
      if (back.failure) return refuse(back.failure);
      toast({ message: say("takenBack", { name: seat.name }) });
      again();
    };
    toast({ message, undo });
    again();
  };

  const pairOf = (seat: Seat) => ({ report: seat.id, manager: seat.managerId, kind: "SOLID" });
  const nameOf = (id: string | null) => seats.find((seat) => seat.id === id)?.name ?? "";
  const confirm = (seat: Seat) => {
    const judge = (confidence: string) => mutate(JudgeLineDocument, { ...pairOf(seat), confidence });
    void write(
      seat,
      { managerId: seat.managerId, confidence: "CONFIRMED" },
      () => judge("CONFIRMED"),
      say("confirmed", { name: seat.name, manager: nameOf(seat.managerId) }),
      () => judge(seat.confidence),
    );
  };
  const reject = (seat: Seat) =>
    void write(
      seat,
      { managerId: null, confidence: "CONFIRMED" },
      () => mutate(EndLineDocument, pairOf(seat)),
      say("rejected", { name: seat.name, manager: nameOf(seat.managerId) }),
      () => mutate(AddLineBackDocument, { ...pairOf(seat), confidence: seat.confidence }),
    );
  const move = (seat: Seat, manager: Seat) => {
    const validFrom = new Date().toISOString();
    const set = (to: string | null) => mutate(SetManagerDocument, { contact: seat.id, manager: to, validFrom });
    const back = async () => {
      const former = await set(seat.managerId);
      if (former.failure || !isDraft(seat)) return former;
      return mutate(JudgeLineDocument, { ...pairOf(seat), confidence: seat.confidence });
    };
    void write(
      seat,
      { managerId: manager.id, confidence: "CONFIRMED" },
      () => set(manager.id),
      say("moved", { name: seat.name, manager: manager.name }),
      back,
    );
  };
  return { seats, drafts: seats.filter(isDraft), confirm, reject, move };
}
