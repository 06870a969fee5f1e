import type { Page } from '@playwright/test';

/** What came over the wire, headers included, in bytes: of the console itself, and of its data. */
export interface Weight {
  console: number;
  data: number;
  /** How what was packed was packed. */
  encodings: Set<string>;
}

/** Weighs all that a page loads from now on, with gzip: browsers take Brotli only from this machine and over TLS. */
export async function weigh(page: Page): Promise<Weight> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setExtraHTTPHeaders', { headers: { 'Accept-Encoding': 'gzip' } });
  const weight: Weight = { console: 0, data: 0, encodings: new Set() };
  const paths = new Map<string, string>();
  session.on('Network.requestWillBeSent', (e) => paths.set(e.requestId, new URL(e.request.url).pathname));
  session.on('Network.responseReceived', ({ response }) => {
    const encoding = response.headers['content-encoding'] ?? response.headers['Content-Encoding'];
    if (encoding) weight.encodings.add(encoding);
  });
  session.on('Network.loadingFinished', (e) => {
    weight[paths.get(e.requestId)?.startsWith('/api/') ? 'data' : 'console'] += e.encodedDataLength;
  });
  return weight;
}
