import type { WayFragment } from "../../generated/graphql";
import { bandOf } from "../../marks/bands";
import { day, NONE } from "../../words/format";
import { words } from "../../words/words";
import { consistsOf } from "./Chain";
import { pairOf } from "./Strip";

const say = words("way");
const marks = words("marks");

/** The ways as a list of hops: the same values as the picture. */
export function HopTable({ ways, me }: { ways: readonly WayFragment[]; me: string | undefined }) {
  return (
    <div className="scrolls">
      <table className="table hops">
        <thead>
          <tr>
            <th scope="col" className="n narrow">
              {say("wayColumn")}
            </th>
            <th scope="col">{say("hopColumn")}</th>
            <th scope="col" className="n narrow">
              {say("tieColumn")}
            </th>
            <th scope="col">{say("evidenceColumn")}</th>
            <th scope="col" className="n">
              {say("lastColumn")}
            </th>
          </tr>
        </thead>
        <tbody>
          {ways.flatMap((way, index) =>
            way.hops.map((hop, at) => (
              <tr key={`${index} ${hop.from.id} ${hop.to.id}`}>
                <td className="n num" data-phone="under">
                  {at === 0 ? say("wayNumber", { n: index + 1, score: Math.round(way.strength) }) : ""}
                </td>
                <td data-phone="main">{pairOf(hop, me)}</td>
                <td className="n num" data-phone="figure">
                  {Math.round(hop.strength)} <span className="vh">{marks(bandOf(hop.strength))}</span>
                </td>
                <td className="dim" data-phone="none">
                  {consistsOf(hop)}
                </td>
                <td className="n dim" data-phone="end">
                  {hop.lastAt ? day(hop.lastAt) : NONE}
                </td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}
