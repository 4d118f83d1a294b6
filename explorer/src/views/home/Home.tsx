import { useMemo } from "react";
import { useLocation } from "wouter";
import { Table2, ScatterChart } from "lucide-react";
import { readLens, writeLens } from "../../app/codec";
import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import type { HomeQuery } from "../../generated/graphql";
import { Conclusion, Evidence, firstFigure, hasReceipt } from "../../parts/Conclusion";
import { LogButton, Page } from "../../parts/Page";
import { Empty } from "../../parts/States";
import { useMedia } from "../../parts/useMedia";
import { Verdict } from "../../parts/Verdict";
import { weekday } from "../../words/format";
import { words } from "../../words/words";
import { Ahead, Changed } from "./Ahead";
import { Chips, type Chip } from "./Chips";
import "./home.css";
import { Needs } from "./Needs";
import { Plot } from "./Plot";
import { filtered, filtersOf, isSnoozed, needs, rowsOf, sorted, type Row } from "./portfolio";
import { PortfolioTable } from "./PortfolioTable";
import { useSettings } from "./useSettings";
import view, { type HomeLens } from "./view";

const say = words("home");
/** The width from which the table and the plot stand side by side. */
const WIDE = "(min-width: 1680px)";
type Props = ViewProps<HomeQuery, HomeLens>;
type Of<Root extends "judged" | "portfolio" | "today"> = NonNullable<NonNullable<HomeQuery[Root]>["user"]>;

/** What needs me today, and how do my accounts stand? */
export default function Home(props: Props) {
  const { judged, portfolio, today } = props.data;
  if (!judged?.user || !portfolio?.user || !today?.user) return <WithoutUser />;
  return <Mine {...props} judged={judged.user} portfolio={portfolio.user} today={today.user} />;
}

function WithoutUser() {
  const [, navigate] = useLocation();
  return (
    <Page
      head={{ title: say("title") }}
      honesty={{ says: say("noUser") }}
      verdict={<Verdict wide>{say("noUser")}</Verdict>}
    >
      <button type="button" className="btn" onClick={() => navigate("/accounts")}>
        {say("noUserHelp")}
      </button>
    </Page>
  );
}

interface MineProps extends Props {
  judged: Of<"judged">;
  portfolio: Of<"portfolio">;
  today: Of<"today">;
}

function Mine({ judged, portfolio, today, lens, setLens }: MineProps) {
  const settings = useSettings(today.settings);
  const { insights, headline } = judged;
  const { rollup } = portfolio;
  const accounts = portfolio.accounts.nodes;
  const total = portfolio.accounts.totalCount;
  const needed = useMemo(() => needs(insights, settings.snoozed), [insights, settings.snoozed]);
  const rows = useMemo(() => rowsOf(accounts, insights), [accounts, insights]);
  const filters = useMemo(() => filtersOf(rows), [rows]);
  const shown = useMemo(() => sorted(filtered(rows, filters, lens.f), lens.sort), [rows, filters, lens.f, lens.sort]);
  const selected = lens.sel || (needed[0]?.within?.id ?? shown[0]?.account.id);
  const account = rows.find((row) => row.account.id === selected)?.account;
  const both = useMedia(WIDE);
  const select = (sel: string) => setLens({ sel });
  const show = (e: string) => setLens({ e });
  const insight = needed.find(({ within }) => within?.id === selected);
  useKeys({
    e: () => show(lens.e ? "" : firstFigure(headline)),
    ...(both ? {} : { t: () => setLens({ as: lens.as === "table" ? "plot" : "table" }) }),
    ...(lens.e ? { Escape: () => show("") } : {}),
    ...(insight ? { s: () => settings.snooze(insight) } : {}),
  });
  return (
    <Page
      head={{ title: say("title"), detail: weekday(new Date()) }}
      actions={account && <LogButton subject={account} />}
      verdict={
        <Verdict wide qualified>
          <Conclusion sentence={headline} open={lens.e} show={show} />
        </Verdict>
      }
      panel={hasReceipt(headline, lens.e) ? <Evidence sentence={headline} open={lens.e} /> : undefined}
      honesty={{
        says: say("honesty", { n: accounts.length, all: total }),
        unfinished: accounts.length < total,
        hidden: portfolio.accounts.withheld,
      }}
    >
      <div className="home">
        <div className="today">
          <Needs
            needed={needed}
            snoozed={insights.flatMap((one) => {
              const found = settings.snoozed.find((each) => isSnoozed(one, [each]));
              return found ? [{ insight: one, until: found.until }] : [];
            })}
            all={lens.all}
            setAll={(all) => setLens({ all })}
            selected={selected}
            select={select}
            snooze={settings.snooze}
            wake={settings.wake}
          />
          <div className="side">
            <Ahead items={today.agenda} />
            <Changed changes={today.changes} since={today.settings?.lastVisitAt ?? null} />
          </div>
        </div>
        <section className="portfolio">
          <div className="tools">
            <h2>{say("accounts")}</h2>
            <Chips {...chipsOf({ rows, lens, setLens, settings })} />
            {!both && <As as={lens.as} set={(as) => setLens({ as })} />}
          </div>
          {shown.length === 0 ? (
            <Empty>
              <p>{say(total === 0 ? "noAccounts" : "noneMatches")}</p>
              {total > 0 && (
                <button type="button" className="btn" onClick={() => setLens({ f: [] })}>
                  {say("clear")}
                </button>
              )}
            </Empty>
          ) : (
            <div className={both ? "views both" : "views"}>
              {(both || lens.as === "table") && (
                <PortfolioTable
                  rows={shown}
                  total={total}
                  rollup={rollup}
                  sort={lens.sort}
                  setSort={(sort) => setLens({ sort })}
                  selected={selected}
                  select={select}
                />
              )}
              {(both || lens.as === "plot") && <Plot rows={shown} selected={selected} select={select} alone={!both} />}
            </div>
          )}
        </section>
      </div>
    </Page>
  );
}

function As({ as, set }: { as: HomeLens["as"]; set: (as: HomeLens["as"]) => void }) {
  return (
    <span className="seg r" role="group" aria-label={say("as")}>
      <button type="button" aria-pressed={as === "table"} onClick={() => set("table")}>
        <Table2 aria-hidden="true" /> {say("table")}
      </button>
      <button type="button" aria-pressed={as === "plot"} onClick={() => set("plot")}>
        <ScatterChart aria-hidden="true" /> {say("plot")}
      </button>
    </span>
  );
}

interface ChipInput {
  rows: readonly Row[];
  lens: HomeLens;
  setLens: Props["setLens"];
  settings: ReturnType<typeof useSettings>;
}

const WORDS = { needs: "needsMe", losing: "losing", unjudged: "unjudged" } as const;

/** The filters and the order of a lens as an address. */
function addressOf({ f, sort, as }: HomeLens): string {
  const query = writeLens(view.lens, { f, sort, as, sel: "", e: "", all: false });
  return query ? `/?${query}` : "/";
}

function chipsOf({ rows, lens, setLens, settings }: ChipInput): {
  chips: Chip[];
  save: ((name: string) => void) | undefined;
} {
  const filters = filtersOf(rows);
  const here = addressOf(lens);
  const saved = settings.filters.filter(({ address }) => address.startsWith("/?"));
  const usual: Chip[] = filters.map((filter) => {
    const on = lens.f.includes(filter.name);
    return {
      key: filter.name,
      label: filter.label ?? say(WORDS[filter.name as keyof typeof WORDS]),
      count: rows.filter(filter.meets).length,
      on,
      choose: () => setLens({ f: on ? lens.f.filter((name) => name !== filter.name) : [...lens.f, filter.name] }),
    };
  });
  const own: Chip[] = saved.map((filter) => {
    const { f, sort, as } = readLens<HomeLens>(view.lens as never, filter.address.slice(1));
    const rest = settings.filters.filter((one) => one !== filter);
    return {
      key: `saved ${filter.name} ${filter.address}`,
      label: filter.name,
      count: filtered(rows, filters, f).length,
      on: filter.address === here,
      choose: () => setLens(filter.address === here ? { f: [], sort: "needs ASC", as: "table" } : { f, sort, as }),
      remove: () => settings.saveFilters(rest, say("filterRemoved", { name: filter.name })),
    };
  });
  const all: Chip = {
    key: "all",
    label: say("all"),
    count: rows.length,
    on: lens.f.length === 0,
    choose: () => setLens({ f: [] }),
  };
  const isUsual = here === "/" || saved.some(({ address }) => address === here);
  const save = (name: string) =>
    settings.saveFilters([...settings.filters, { name, address: here }], say("filterSaved", { name }));
  return { chips: [all, ...usual, ...own], save: isUsual ? undefined : save };
}
