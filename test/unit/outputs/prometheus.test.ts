import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { stringify } from 'yaml';
import { hashPassword } from '../../../src/outputs/password.ts';
import { makeCertificate } from '../../helpers/certificates.ts';
import { skipWithout } from '../../helpers/installed-tool.ts';
import { everyStateHttp } from '../../helpers/seeded-http.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

interface Targets {
  readonly data: {
    readonly activeTargets: readonly {
      readonly scrapePool: string;
      readonly health: string;
      readonly lastError: string;
    }[];
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port }: AddressInfo = Object(server.address());
  server.close();
  await once(server, 'close');
  return port;
}

describe(
  'the real Prometheus',
  { skip: skipWithout('prometheus') || skipWithout('openssl') },
  () => {
    test(
      'scrapes over TLS with a password or a token, and not without',
      { timeout: 120_000 },
      async (t) => {
        const directory = tempDirectory(t);
        const [token, password] = ['t'.repeat(40), 'pass: wörd'];
        const tokenFile = join(directory, 'token');
        const passwordFile = join(directory, 'password');
        for (const [path, text] of [
          [tokenFile, token],
          [passwordFile, password],
        ] as const) {
          writeFileSync(path, text, { mode: 0o600 });
        }
        const tls = makeCertificate(directory, 'tunnelwarden');
        const users = [{ name: 'prometheus', password: await hashPassword(password) }];
        const { app } = everyStateHttp(t, { tls, users, tokenFiles: [tokenFile] });
        const { host } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));

        const job = (name: string, more: object) => {
          const targets = [{ targets: [host] }];
          const trusting = { scheme: 'https', tls_config: { ca_file: tls.certificate } };
          return {
            job_name: name,
            scrape_interval: '1s',
            ...trusting,
            static_configs: targets,
            ...more,
          };
        };
        const basic_auth = { username: 'prometheus', password_file: passwordFile };
        const configFile = join(directory, 'prometheus.yml');
        const jobs = [
          job('password', { basic_auth }),
          job('token', { authorization: { credentials_file: tokenFile } }),
          job('nothing', {}),
          job('distrust', { basic_auth, tls_config: {} }),
        ];
        writeFileSync(configFile, stringify({ scrape_configs: jobs }));
        const port = await freePort();
        const prometheus = spawn(
          'prometheus',
          [
            `--config.file=${configFile}`,
            `--storage.tsdb.path=${join(directory, 'data')}`,
            `--web.listen-address=127.0.0.1:${port}`,
          ],
          { stdio: ['ignore', 'ignore', 'pipe'] },
        );
        let log = '';
        prometheus.stderr.setEncoding('utf8').on('data', (text: string) => {
          log += text;
        });
        const ended = once(prometheus, 'exit');
        const results = async (): Promise<ReadonlyMap<string, string>> => {
          const answer = await fetch(`http://127.0.0.1:${port}/api/v1/targets`).catch(
            () => undefined,
          );
          if (answer?.ok !== true) return new Map();
          const { data }: Targets = JSON.parse(await answer.text());
          return new Map(
            data.activeTargets
              .filter(({ health }) => health !== 'unknown')
              .map(({ scrapePool, health, lastError }) => [
                scrapePool,
                `${health} ${lastError}`.trim(),
              ]),
          );
        };
        try {
          let seen = await results();
          for (; seen.size < 4; seen = await results()) {
            assert.equal(prometheus.exitCode, null, log);
            await setTimeout(100);
          }
          assert.equal(seen.get('password'), 'up');
          assert.equal(seen.get('token'), 'up');
          assert.match(seen.get('nothing') ?? '', /^down .*401 Unauthorized/);
          assert.match(seen.get('distrust') ?? '', /^down .*certificate/);
          const query = `http://127.0.0.1:${port}/api/v1/query?query=ipsec_tunnel_up`;
          const body = await (await fetch(query)).text();
          assert.match(body, /"tunnel":"Sapporo"/);
        } finally {
          prometheus.kill();
          await ended;
        }
      },
    );
  },
);
