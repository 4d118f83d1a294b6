import { CalendarDays, CircleCheck, FileText, Mail, MessageCircle, Phone, type LucideIcon } from "lucide-react";
import type { ActivityRowFragment } from "../generated/graphql";
import { session, useStore } from "../app/session";
import { capitalized, day, humanized } from "../words/format";
import { words } from "../words/words";
import { Empty } from "./States";

const say = words("timeline");

type Participants = ActivityRowFragment["participants"];

const ICONS: Readonly<Record<string, LucideIcon>> = {
  Appointment: CalendarDays,
  Email: Mail,
  PhoneCall: Phone,
  Task: CircleCheck,
  Message: MessageCircle,
};

/** Interactions, newest first: the day, the kind, who took part, and what it was about. */
export function Timeline({ activities, total }: { activities: readonly ActivityRowFragment[]; total: number }) {
  const { user } = useStore(session);
  return (
    <section className="block">
      <h2>
        {say("title")}
        <span className="c">{say("interactions", { n: total })}</span>
      </h2>
      {activities.length === 0 && (
        <Empty>
          <p>{say("none")}</p>
        </Empty>
      )}
      <ol className="timeline">
        {activities.map((activity) => {
          return (
            <li key={activity.id}>
              <time dateTime={activity.startedAt ?? undefined}>
                {activity.startedAt ? day(activity.startedAt) : ""}
              </time>
              <ActivityMark type={activity.__typename} />
              <span className="people cut">{takingPart(activity.participants, user?.id)}</span>
              <span className="cut dim">{activity.subject}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** The mark of a kind of activity. */
export function ActivityMark({ type }: { type: string }) {
  const Icon = ICONS[type] ?? FileText;
  return <Icon role="img" aria-label={humanized(type)} />;
}

/** Who took part, from whom to whom; those who are not loaded are counted. */
export function takingPart({ edges, totalCount }: Participants, me: string | undefined): string {
  const name = ({ node }: Participants["edges"][number]) => (node.id === me ? say("you") : node.name);
  const first = edges.filter(({ role }) => role === "FROM" || role === "ORGANIZER");
  const rest = edges.filter((edge) => !first.includes(edge));
  const [from, to] = [first, rest].map((side) => side.map(name).join(", "));
  const more = totalCount > edges.length ? say("more", { n: totalCount - edges.length }) : "";
  return (from && to ? `${from} → ${to}` : from || to || "") + more;
}

interface ChangeEvent {
  id: string;
  at: string;
  mutation: string;
}

/** What was changed, newest first. */
export function History({ events }: { events: readonly ChangeEvent[] }) {
  return (
    <ol className="history">
      {events.map((event) => (
        <li key={event.id}>
          <time dateTime={event.at}>{day(event.at)}</time>
          <span>{capitalized(humanized(event.mutation))}</span>
        </li>
      ))}
    </ol>
  );
}
