package dev.towpath.server;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What is said to requests that are so broken that no route ever sees them. */
final class Errors extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Refusal refusal = Refusal.of(response.getStatus(), Refusal.title(response.getStatus()), null);
    response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, "application/problem+json"));
    Content.Sink.write(response, true, refusal.json(), callback);
    return true;
  }
}
