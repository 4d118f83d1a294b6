import { Link } from "wouter";
import { recordAddress } from "../../app/addresses";
import { labelOf } from "../../schema/labels";
import { NONE } from "../../words/format";
import { words } from "../../words/words";
import type { Job } from "./work";

const say = words("data");

/** Some of the new or changed records. */
export function Samples({ job, isNew }: { job: Job; isNew: boolean }) {
  const shown = job.samples.filter((sample) => sample.isNew === isNew);
  if (shown.length === 0) return <p className="dim">{say("noSamples")}</p>;
  return (
    <table className="table samples-table">
      <caption className="dim">{say("firstSamples", { n: shown.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{say("record")}</th>
          {!isNew && <th scope="col">{say("change")}</th>}
        </tr>
      </thead>
      <tbody>
        {shown.map(({ title, recordId, changes }, index) => (
          <tr key={recordId ?? index}>
            <td>
              {recordId ? (
                <Link className="cut" href={recordAddress(job.target, recordId)}>
                  {title}
                </Link>
              ) : (
                <span className="cut">{title}</span>
              )}
            </td>
            {!isNew && (
              <td>
                {changes.map(({ field, before, after }) => (
                  <span key={field} className="change">
                    {say("from", { field: labelOf({ name: field }), before: before ?? NONE, after: after ?? NONE })}
                  </span>
                ))}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
