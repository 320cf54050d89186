import { isoTime } from '../platform/clock.ts';

/** More than the unique ids that charon hands out during the recording. */
const idsInLoop = 1000;

/** `Osaka_Primary-1[12]`, `<Osaka_Primary-1|12>`, `<12>`; not the port in `10.0.1.2[500]`. */
const ikeId = /(?<=[A-Za-z]\w*-\d+\[|\(unnamed\)\[|<(?:[\w-]+\|)?)\d+(?=[\]>])/g;
/** `Osaka_Primary-1{12}`; a reqid stays with its policy. */
const childId = /(?<=(?<!reqid )\{)\d+(?=\})/g;
/** `c1234567_i`, `SPI c1234567`, `ESP/0xc1234567/`; of an IKE_SA, `0123456789abcdef_i`. */
const spi = /\b([0-9a-f]{8})?([0-9a-f]{8})(?=_[ior]\b)|(?<=\bSPI |\bESP\/0x)()([0-9a-f]{8})\b/g;
/** `spi 0xc1234567(3240314215)`. */
const kernelSpi = /(?<=\bspi )0x([0-9a-f]{8})\(\d+\)/g;

/**
 * Rewrites texts of the recording for its nth repetition: unique ids and SPIs are other ones than
 * in all repetitions before, as if time had gone on, and the same in logs and outputs.
 */
export function createRenewal(loop: number): (text: string) => string {
  const later = (id: string): string => String(Number(id) + loop * idsInLoop);
  const newSpi = (digits: string): string => renewedSpi(Number.parseInt(digits, 16), loop);
  return (text) =>
    text
      .replaceAll(ikeId, later)
      .replaceAll(childId, later)
      .replaceAll(spi, (_, a = '', b, c = '', d) => a + c + newSpi(b ?? d))
      .replaceAll(kernelSpi, (_, digits) => {
        const renewed = newSpi(digits);
        return `0x${renewed}(${Number.parseInt(renewed, 16)})`;
      });
}

/** One to one for a loop, and another one for each loop; charon's SPIs keep their first digit. */
function renewedSpi(old: number, loop: number): string {
  const mask = Math.imul(loop, 0x9e37_79b1) & 0x0fff_ffff;
  return (old === 0 ? 0 : (old ^ mask) >>> 0).toString(16).padStart(8, '0');
}

/** Puts another moment into the stamp that begins a line, in UTC. */
export function stamped(line: string, at: number): string {
  const iso = isoTime(at);
  const stamp = `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
  return line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, stamp);
}
