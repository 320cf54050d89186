/** `/proc/net/xfrm_stat`: counters by name; kernels differ in which they have. */
export function parseXfrmStat(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^(Xfrm\w+)\s+(\d+)\s*$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, Number(value)]];
    }),
  );
}
