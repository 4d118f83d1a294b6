import type { ViewProps } from "../../app/registry";
import { session, useStore } from "../../app/session";
import { AccountTimelineDocument, type AccountTimelineQuery } from "../../generated/graphql";
import { ListPage, type ListLens } from "../../parts/ListPage";
import type { Column } from "../../parts/Table";
import { ActivityMark, takingPart } from "../../parts/Timeline";
import { accountHead } from "../../subjects/account";
import { capitalized, day, NONE } from "../../words/format";
import { words } from "../../words/words";
import { KINDS, timelineVariables } from "./view";

const say = words("timeline");
type Activity = NonNullable<AccountTimelineQuery["account"]>["timeline"]["nodes"][number];

function columns(me: string | undefined): Column<Activity>[] {
  return [
    {
      key: "subject",
      label: say("subject"),
      phone: "main",
      cell: (activity) => (
        <>
          <ActivityMark type={activity.__typename} />
          <span className="cut">{activity.subject ?? say("noSubject")}</span>
        </>
      ),
    },
    {
      key: "participants",
      label: say("people"),
      width: "48%",
      phone: "under",
      cell: ({ participants }) => <span className="cut dim">{takingPart(participants, me)}</span>,
    },
    {
      key: "startedAt",
      label: say("at"),
      end: true,
      width: "120px",
      phone: "end",
      cell: ({ startedAt }) => (startedAt ? <time dateTime={startedAt}>{day(startedAt)}</time> : NONE),
    },
  ];
}

/** What happened at an account and at the accounts below it, newest first. */
export default function AccountTimeline({ data, lens, setLens, stale }: ViewProps<AccountTimelineQuery, ListLens>) {
  const account = data.account!;
  const { user } = useStore(session);
  return (
    <ListPage<AccountTimelineQuery, Activity>
      type={({ __typename }) => __typename}
      head={accountHead(account)}
      verdict={capitalized(say("verdict", { n: account.timeline.totalCount }))}
      first={account.timeline}
      document={AccountTimelineDocument}
      variables={(after) => ({ id: account.id, ...timelineVariables(lens, after) })}
      connection={(page) => page.account!.timeline}
      columns={() => columns(user?.id)}
      filters={Object.keys(KINDS).map((name) => ({ name, label: say(name as keyof typeof KINDS) }))}
      filter={say("filter")}
      lens={lens}
      setLens={setLens}
      stale={stale}
    />
  );
}
