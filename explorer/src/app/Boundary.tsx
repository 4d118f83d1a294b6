import { Component, type ReactNode } from "react";
import { Failed } from "../parts/States";
import { words } from "../words/words";

const say = words("states");

interface Props {
  /** What the view draws; with other data it is tried again. */
  data: unknown;
  again: () => void;
  children: ReactNode;
}

/** Keeps the frame standing when a view cannot be drawn, and says why. */
export class Boundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: Props): void {
    if (before.data !== this.props.data && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const failure = {
      code: "INTERNAL",
      message: say("broken"),
      remedy: say("brokenHelp", { error: error.message }),
      requestId: null,
      field: null,
      version: null,
    };
    const waiting = { data: undefined, partial: undefined, nextAttemptAt: undefined, waitingSince: undefined };
    const { again } = this.props;
    return <Failed answer={{ ...waiting, failure, again, stop: again }} />;
  }
}
