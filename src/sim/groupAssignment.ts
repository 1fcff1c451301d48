/**
 * Which member of a consumer group reads which partition after a change, moving as few as possible (cooperative-sticky).
 *
 * Everyone keeps what it has up to its fair share, the larger shares to those that have more now; what is left over goes to those with the
 * fewest. With more members than partitions some read nothing.
 *
 * @param current by partition, the member that reads it; −1: nobody
 * @param members numbers of those in the group, in order of joining
 * @returns by partition, its member; −1 everywhere in an empty group
 * @see Apache Kafka clients AbstractStickyAssignor; KIP-429
 * @example
 * groupAssignment([0, 0, 0, 0], [0, 1]) // => [0, 0, 1, 1]
 */
export function groupAssignment(current: readonly number[], members: readonly number[]): number[] {
  if (members.length === 0) return current.map(() => -1);
  const least = Math.floor(current.length / members.length);
  let larger = current.length % members.length;
  const held = new Map(members.map((member) => [member, 0]));
  for (const member of current) if (held.has(member)) held.set(member, held.get(member)! + 1);
  const share = new Map<number, number>();
  for (const member of members.toSorted((a, b) => held.get(b)! - held.get(a)!)) {
    const extra = larger > 0 ? 1 : 0;
    larger -= extra;
    share.set(member, least + extra);
  }
  const assigned = current.map((member) => {
    const left = share.get(member) ?? 0;
    if (left === 0) return -1;
    share.set(member, left - 1);
    return member;
  });
  for (const [partition, member] of assigned.entries()) {
    if (member >= 0) continue;
    const next = members.reduce((best, one) => (share.get(one)! > share.get(best)! ? one : best));
    share.set(next, share.get(next)! - 1);
    assigned[partition] = next;
  }
  return assigned;
}
