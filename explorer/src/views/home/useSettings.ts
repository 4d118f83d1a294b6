import { useEffect, useState } from "react";
import { saveSettings } from "../../app/settings";
import { Store, useStore } from "../../app/session";
import { toast } from "../../parts/toasts";
import { words } from "../../words/words";
import type { HomeInsight, Settings, Snoozed } from "./portfolio";

const say = words("home");
const NOTICED_MS = 10_000;
const SNOOZE_DAYS = 7;

type Saved = Pick<Settings, "filters" | "snoozed">;

/** What the reader saved in this page; an answer from the cache may be older. */
const savedHere = new Store<Partial<Saved>>({});

interface Use extends Saved {
  saveFilters: (filters: Settings["filters"], message: string) => void;
  snooze: (insight: HomeInsight) => void;
  wake: (insight: HomeInsight) => void;
}

function inDays(days: number): string {
  const date = new Date();
  date.setDate(date.getDate() + days);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The settings of the reader as they are now, and what changes them; each change can be undone. */
export function useSettings(settings: Settings | null): Use {
  const here = useStore(savedHere);
  const filters = here.filters ?? settings?.filters ?? [];
  const snoozed = here.snoozed ?? settings?.snoozed ?? [];
  // Whoever leaves at once has not read what changed, and will see it again.
  const [opened] = useState(() => settings !== null);
  useEffect(() => {
    if (!opened) return undefined;
    const timer = window.setTimeout(() => void saveSettings({ visited: true }), NOTICED_MS);
    return () => window.clearTimeout(timer);
  }, [opened]);

  const apply = async (changed: Partial<Saved>, message: string | null) => {
    const before = { filters, snoozed };
    savedHere.set({ ...savedHere.get(), ...changed });
    if (message) toast({ message, undo: () => void apply(before, null) });
    const failure = await saveSettings({
      ...(changed.filters ? { filters: [...changed.filters] } : {}),
      ...(changed.snoozed
        ? { snoozed: changed.snoozed.map(({ rule, subject, until }) => ({ rule, subject: subject.id, until })) }
        : {}),
    });
    if (!failure) return;
    savedHere.set({ ...savedHere.get(), ...before });
    toast({ message: say("notSaved", { reason: failure.message }), refused: true });
  };
  const others = (insight: HomeInsight): Snoozed[] =>
    snoozed.filter(({ rule, subject }) => rule !== insight.rule || subject.id !== insight.subject.id);
  return {
    filters,
    snoozed,
    saveFilters: (changed, message) => void apply({ filters: changed }, message),
    snooze: (insight) => {
      const until = inDays(SNOOZE_DAYS);
      const { rule, subject, says } = insight;
      void apply(
        { snoozed: [...others(insight), { rule, subject: { id: subject.id }, until }] },
        say("snoozedDone", { says }),
      );
    },
    wake: (insight) => void apply({ snoozed: others(insight) }, null),
  };
}
