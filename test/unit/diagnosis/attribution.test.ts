import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diagnosed, logsOnly, parseLog, present } from '../../helpers/diagnosed.ts';
import { childUp, loadedConnection, logged, noon } from '../../helpers/events.ts';

const lines = (...texts: readonly string[]) =>
  parseLog(texts.map((text) => `2026-11-23 12:00:00 ${text}`).join('\n'));

const refusedFrom = (address: string, id = 1): readonly string[] => [
  `05[IKE] <${id}> ${address} is initiating an IKE_SA`,
  `05[CFG] <${id}> received proposals: IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024`,
  `05[CFG] <${id}> configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048`,
  `05[IKE] <${id}> received proposals unacceptable`,
];

describe('lines that name no connection', () => {
  test('belong to the tunnel with that peer', () => {
    const { feed, of, peers } = diagnosed(
      logsOnly(['A', { remote: '198.51.100.1' }], ['B', { remote: '198.51.100.2' }]),
    );
    feed(...lines(...refusedFrom('198.51.100.2')));
    assert.deepEqual(
      [present(of('A')), present(of('B'))],
      [[], ['phase1-proposal-mismatch certain']],
    );
    assert.deepEqual(peers(), []);
    const [best] = of('B');
    assert.deepEqual(
      best?.evidence.map(({ line }) => line),
      [2, 3, 4],
    );
  });

  test('of a stranger stay his, and create nothing else', () => {
    const { engine, journals, feed, of, peers } = diagnosed(
      logsOnly(['A', { remote: '198.51.100.1' }]),
    );
    feed(...lines(...refusedFrom('203.0.113.9')));
    feed(...lines('05[IKE] <2> 203.0.113.10 is initiating an IKE_SA'));
    assert.deepEqual(of('A'), []);
    assert.deepEqual([...engine.tunnels.keys()], ['A']);
    assert.deepEqual(
      peers().map(({ address, diagnoses }) => [address, present(diagnoses)]),
      [['203.0.113.9', ['phase1-proposal-mismatch certain']]],
    );
    assert.ok(journals.takeDirty().every(({ subject }) => subject === 'A'));
  });

  test('of a stranger’s address pair are a matter of addresses, as far as anybody can tell', () => {
    const { feed, peers } = diagnosed(logsOnly(['A', { remote: '198.51.100.1' }]));
    feed(
      ...lines(
        '05[IKE] <1> no IKE config found for 192.0.2.1...203.0.113.9, sending NO_PROPOSAL_CHOSEN',
      ),
    );
    assert.deepEqual(
      peers().map(({ diagnoses }) => present(diagnoses)),
      [['gateway-address-mismatch likely', 'ike-version-mismatch possible']],
    );
  });

  test('of a shared address belong to the ID, or to those that are not up', () => {
    const remote = '198.51.100.1';
    const lookup = (id: string): readonly string[] => [
      `05[CFG] <1> looking for peer configs matching 192.0.2.1[hq]...${remote}[${id}]`,
      '05[CFG] <1> no matching peer config found',
    ];
    const about = () => {
      const one = diagnosed(logsOnly(['A', { remote }], ['B', { remote }]));
      const connections = [
        loadedConnection('A', ['A'], { remoteId: 'a.example' }),
        loadedConnection('B', ['B'], { remoteId: 'b.example' }),
      ];
      one.feed({ kind: 'connections', at: noon, connections });
      return one;
    };
    const byId = about();
    byId.feed(...lines(...lookup('B.example')));
    assert.deepEqual([present(byId.of('A')), present(byId.of('B'))], [[], ['id-mismatch certain']]);
    const byNeed = about();
    const ofA = { connection: 'A', ikeId: 7 };
    byNeed.feed(
      ...lines(
        `05[IKE] <A|7> IKE_SA A[7] established between 192.0.2.1[hq]...${remote}[a.example]`,
      ),
      logged(childUp('A', 1), noon, ofA),
      ...lines(...lookup('nobody')),
    );
    assert.deepEqual(
      [present(byNeed.of('A')), present(byNeed.of('B'))],
      [[], ['id-mismatch certain']],
    );
  });

  test('of another connection are nobody’s', () => {
    const { feed, of, peers } = diagnosed(logsOnly(['A', { remote: '198.51.100.1' }]));
    feed(...lines("05[IKE] <other|1> no shared key found for 'a' - 'b'"));
    assert.deepEqual([of('A'), peers()], [[], []]);
  });

  test('of the guide belong to the one tunnel that is not up, or to nobody', () => {
    const sentence = lines('05[APP] Remote peer is refusing our Phase 1 proposals');
    const one = diagnosed(logsOnly(['A']));
    one.feed(...sentence);
    assert.equal(one.of('A')[0]?.code, 'phase1-proposal-mismatch');
    const two = diagnosed(logsOnly(['A'], ['B']));
    two.feed(...sentence);
    assert.deepEqual([two.of('A'), two.of('B')], [[], []]);
    two.feed(...lines('05[IKE] <B|1> initiating IKE_SA B[1] to 198.51.100.1'), ...sentence);
    assert.equal(two.of('B')[0]?.code, 'phase1-proposal-mismatch');
    assert.deepEqual(two.of('A'), []);
  });

  test('ids count from 1 again when charon starts', () => {
    const { feed, of, peers } = diagnosed(logsOnly(['A', { remote: '198.51.100.1' }]));
    feed(
      ...lines(
        '05[IKE] <1> 198.51.100.1 is initiating an IKE_SA',
        '00[DMN] Starting IKE charon daemon (strongSwan 5.9.8, Linux 6.1.0, x86_64)',
        '05[IKE] <1> received proposals unacceptable',
      ),
    );
    assert.deepEqual([of('A'), peers()], [[], []]);
  });

  test('of a tunnel that is forgotten meanwhile are nobody’s', () => {
    const { engine, journals, feed, of, peers } = diagnosed(
      logsOnly(['A', { remote: '198.51.100.1' }], ['B', { remote: '198.51.100.2' }]),
    );
    const [first, ...others] = lines(...refusedFrom('198.51.100.1'));
    if (first !== undefined) feed(first);
    const config = logsOnly(['B', { remote: '198.51.100.2' }]);
    journals.take(engine.configure(config, noon), engine);
    feed(...others);
    assert.deepEqual([of('A'), of('B'), peers()], [[], [], []]);
  });

  test('are remembered of so many exchanges and peers, and no more', () => {
    const { feed, peers } = diagnosed(logsOnly(['A', { remote: '198.51.100.1' }]));
    for (let id = 1; id <= 600; id += 1) {
      feed(...lines(...refusedFrom(`203.0.${id >> 8}.${id & 255}`, id)));
    }
    assert.equal(peers().length, 64);
    assert.equal(peers().at(-1)?.address, '203.0.2.88');
  });
});
