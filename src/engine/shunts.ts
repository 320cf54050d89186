import type { LoadedConnection } from '../events/security-associations.ts';

/**
 * Connections without policies that only pass or drop traffic, which charon lists among them: they
 * are no tunnels, and never have SAs.
 */
export function withoutShunts(
  connections: readonly LoadedConnection[],
): readonly LoadedConnection[] {
  return connections.flatMap((connection) => {
    const children = connection.children.filter(({ mode }) => !/^(?:PASS|DROP)$/.test(mode));
    if (children.length === connection.children.length) return connection;
    return children.length === 0 ? [] : { ...connection, children };
  });
}
