import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prefersOpenMetrics } from '../../../src/outputs/accept.ts';

const openMetrics = 'application/openmetrics-text';

describe('whether OpenMetrics is preferred', () => {
  for (const [accept, expected] of [
    // What Prometheus sends: 2.42, 2.49 with protobuf, 3.x.
    [
      `${openMetrics};version=1.0.0,${openMetrics};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
      true,
    ],
    [
      `application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,${openMetrics};version=1.0.0;q=0.5,${openMetrics};version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`,
      true,
    ],
    [
      `${openMetrics};version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
      true,
    ],
    [openMetrics, true],
    [`${openMetrics}; version=1.0.0; charset=utf-8`, true],
    [`${openMetrics};version="1.0.0"`, true],
    ['Application/OpenMetrics-Text', true],
    [`text/plain, ${openMetrics}`, true],
    [`text/plain;q=0.4, ${openMetrics};q=0.4`, true],
    [`text/html, ${openMetrics};q=0.1`, true],
    // Plain text is wanted more, or OpenMetrics not at all.
    [`text/plain;q=0.5, ${openMetrics};q=0.4`, false],
    [`${openMetrics};q=0`, false],
    [`${openMetrics};q=0.0, */*`, false],
    [`${openMetrics};q=nonsense`, false],
    // Only a version that is not served.
    [`${openMetrics};version=0.0.1`, false],
    [`${openMetrics};version=2.0.0,text/plain;q=0.1`, false],
    // Nobody asked for it by name: curl, browsers, nothing at all.
    ['*/*', false],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', false],
    ['application/*', false],
    ['text/plain', false],
    ['', false],
    [',;=,;;', false],
    [`x${openMetrics}`, false],
  ] as const) {
    test(`${expected}: ${accept}`, () => {
      assert.equal(prefersOpenMetrics(accept), expected);
    });
  }
});
