import { Redirect } from "wouter";
import { recordAddress } from "../../app/addresses";
import type { ViewProps } from "../../app/registry";
import type { NodeTypeQuery } from "../../generated/graphql";

/** Finds the type of an id, and replaces the address by that of its record. */
export default function NodeAddress({ data }: ViewProps<NodeTypeQuery, object>) {
  const { __typename: type, id } = data.node!;
  return <Redirect to={recordAddress(type, id)} replace />;
}
