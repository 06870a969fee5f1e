import { describe, expect, it } from 'vitest';
import { stale } from '../../main/web/api/live';
import { EventParser } from '../../main/web/api/sse';

const TEXT =
  'retry: 1000\n\nevent: hello\nid: 7\ndata: {"last":7}\n\n: alive\n\nevent: line\r\ndata: a\r\ndata:  b\r\n\r\ndata:\n\n';

describe('server-sent events', () => {
  it('are the same wherever the stream is cut', () => {
    const whole = new EventParser().push(TEXT);
    expect(whole).toEqual([
      { type: 'hello', id: '7', data: '{"last":7}' },
      { type: 'line', id: null, data: 'a\n b' },
      { type: 'message', id: null, data: '' },
    ]);
    for (let cut = 0; cut <= TEXT.length; cut++) {
      const parser = new EventParser();
      expect([...parser.push(TEXT.slice(0, cut)), ...parser.push(TEXT.slice(cut))]).toEqual(whole);
    }
  });

  it('wait for the empty line that ends them', () => {
    expect(new EventParser().push('event: x\ndata: y\n')).toEqual([]);
  });

  it('put out of date what they are about', () => {
    expect(stale('run.started')).toContain('runs');
    expect(stale('release.published')).toContain('table');
    expect(stale('project.changed')).toEqual(['*']);
    expect(stale('hello')).toEqual([]);
  });
});
