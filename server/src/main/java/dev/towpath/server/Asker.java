package dev.towpath.server;

import io.javalin.http.Context;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/** What a request says of who sends it, wherever it is looked at. */
interface Asker {
  String method();

  /** The values of a header, each as often as it is sent. */
  List<String> all(String header);

  /** The first value of a header. */
  Optional<String> first(String header);

  /** The address at the other end of the connection. */
  String peer();

  /** Of a request that has been routed. */
  static Asker of(Context context) {
    return new Asker() {
      @Override
      public String method() {
        return context.method().name();
      }

      @Override
      public List<String> all(String header) {
        return Collections.list(context.req().getHeaders(header));
      }

      @Override
      public Optional<String> first(String header) {
        return Optional.ofNullable(context.header(header));
      }

      @Override
      public String peer() {
        return context.req().getRemoteAddr();
      }
    };
  }

  /** Of a request as it comes from the wire. */
  static Asker of(Request request) {
    return new Asker() {
      @Override
      public String method() {
        return request.getMethod();
      }

      @Override
      public List<String> all(String header) {
        return request.getHeaders().getValuesList(header);
      }

      @Override
      public Optional<String> first(String header) {
        return Optional.ofNullable(request.getHeaders().get(header));
      }

      @Override
      public String peer() {
        return Request.getRemoteAddr(request);
      }
    };
  }
}
