import { Link } from "wouter";
import { Page } from "../../parts/Page";
import { Verdict } from "../../parts/Verdict";
import { words } from "../../words/words";

const say = words("map");

/** A short address behind which nothing is stored. */
export default function MapLink() {
  return (
    <Page
      head={{ title: say("title") }}
      verdict={<Verdict>{say("linkUnknown")}</Verdict>}
      honesty={{ says: say("linkHonesty") }}
    >
      <p className="dim">{say("linkWhy")}</p>
      <p>
        <Link href="/map">{say("linkStart")}</Link>
      </p>
    </Page>
  );
}
