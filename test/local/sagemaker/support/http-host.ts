import { createServer, type Server } from 'node:http';
import type { ServiceRequest, ServiceResponse } from '../../../../local/runtime/services';

/** Puts a service behind HTTP on a free loopback port. @returns the server and its URL */
export async function hostOverHttp(
  handle: (request: ServiceRequest) => Promise<ServiceResponse | undefined>,
): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const url = new URL(request.url!, 'http://localhost');
    const answer = await handle({
      method: request.method!,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks),
    });
    response.writeHead(answer?.status ?? 404, answer?.headers);
    response.end(answer?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
}
