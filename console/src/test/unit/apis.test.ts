import { describe, expect, it } from 'vitest';
import { curl, endpoints, request } from '../../main/web/apis/document';

const DOCUMENT = {
  paths: {
    '/routes/{origin}': {
      get: {
        operationId: 'route',
        summary: 'One route',
        parameters: [
          { name: 'origin', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'day', in: 'query', schema: { type: 'array', items: { type: 'string', format: 'date' } } },
          { name: 'If-None-Match', in: 'header', schema: { type: 'string' } },
        ],
        responses: {
          '200': {
            content: {
              'application/json': {
                schema: {
                  properties: { data: { items: { properties: { flights: { type: ['integer', 'null'] } } } } },
                },
              },
            },
          },
        },
      },
    },
    '/note': {
      post: {
        operationId: 'note',
        summary: 'A note',
        requestBody: {
          content: { 'application/json': { schema: { properties: { text: { type: 'string' } }, required: ['text'] } } },
        },
        responses: {},
      },
    },
  },
};

describe('endpoints', () => {
  const [route, note] = endpoints(DOCUMENT);
  it('are read from their OpenAPI document', () => {
    expect(route!.parameters.map((p) => [p.name, p.place])).toEqual([
      ['origin', 'path'],
      ['day', 'query'],
    ]);
    expect(route!.columns.map(([name]) => name)).toEqual(['flights']);
    expect(note!.parameters).toMatchObject([{ name: 'text', place: 'body', required: true }]);
  });
  it('are called with what was filled in', () => {
    expect(request(route!, { origin: 'A/B', day: '2013-01-01\n2013-01-02' }).url).toBe(
      '/routes/A%2FB?day=2013-01-01&day=2013-01-02',
    );
    const wanted = request(note!, { text: "it's" });
    expect(wanted).toEqual({ url: '/note', body: { text: "it's" } });
    expect(curl('http://h', wanted)).toContain(`-d '{"text":"it'\\''s"}' 'http://h/note'`);
  });
});
