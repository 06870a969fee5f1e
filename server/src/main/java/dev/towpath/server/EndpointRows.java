package dev.towpath.server;

import dev.towpath.server.form.Form;
import dev.towpath.server.form.JsonRows;
import dev.towpath.spi.Statement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Computes answers of endpoints, in the form that is asked for. Thread-safe. */
final class EndpointRows {
  private final Duration most;
  private final PageCursor.Seal seal;
  private final KeptAnswers kept;

  /**
   * Answers that are kept when they may be.
   *
   * @param most how long a query may take when its endpoint says nothing else
   */
  EndpointRows(Duration most, PageCursor.Seal seal, KeptAnswers kept) {
    this.most = most;
    this.seal = seal;
    this.kept = kept;
  }

  Answer answer(EndpointAnswers.Ready ready) {
    Form form = ready.asked().form();
    if (form == Form.JSON) {
      return keep(ready, json(ready));
    }
    if (form == Form.PARQUET) {
      return parquet(ready);
    }
    return ready.isPage() ? page(ready, form) : all(ready, form);
  }

  private Lakehouse.Most limits(EndpointAnswers.Ready ready) {
    return new Lakehouse.Most(
        ready.slice(), ready.asked().endpoint().answering().timeout().orElse(most));
  }

  private Lakehouse.Cursor run(EndpointAnswers.Ready ready) {
    Map<String, Optional<Statement.Bound>> values = ready.asked().values().bound();
    return ready.asked().form() == Form.ARROW
        ? ready.query().handOver(values, limits(ready))
        : ready.query().run(values, limits(ready));
  }

  private static long size(EndpointAnswers.Ready ready) {
    return ready.asked().values().limit().map(Integer::longValue).orElse(Long.MAX_VALUE);
  }

  private PagedRows pages(EndpointAnswers.Ready ready) {
    return new PagedRows(run(ready), ready.release(), ready.slice().by(), size(ready));
  }

  private byte[] json(EndpointAnswers.Ready ready) {
    try (PagedRows rows = pages(ready)) {
      return RowsOut.document(
          rows,
          ready.query().columns(),
          JsonRows.Shape.OBJECT,
          (_, _) -> {},
          "data",
          size(ready),
          (out, _) -> {
            Optional<PageCursor> next = ready.isPage() ? rows.next(false) : Optional.empty();
            out.writeFieldName("next");
            if (next.isPresent()) {
              out.writeString(seal.write(next.get(), ready.asked().text()));
            } else {
              out.writeNull();
            }
          });
    }
  }

  private Answer.Bytes keep(EndpointAnswers.Ready ready, byte[] body) {
    Answer.Bytes answer = ready.answer(body);
    ready.tag().ifPresent(tag -> kept.put(tag, answer));
    return answer;
  }

  /**
   * A file. Of a page the rows are computed twice, since who writes the file does not see them:
   * once to know where the next page begins. Both times they are the same, being of one release.
   */
  private Answer parquet(EndpointAnswers.Ready ready) {
    Map<String, String> headers = ready.headers();
    if (ready.isPage()) {
      try (PagedRows rows = pages(ready)) {
        while (rows.next() != null) {
          // only where it ends matters
        }
        headers = withNext(ready, rows);
      }
    }
    return new Answer.Temporary(
        Form.PARQUET.type(),
        ready.query().parquet(ready.asked().values().bound(), limits(ready)),
        headers);
  }

  private Map<String, String> withNext(EndpointAnswers.Ready ready, PagedRows rows) {
    Map<String, String> headers = new LinkedHashMap<>(ready.headers());
    rows.next(true)
        .ifPresent(c -> headers.put("Towpath-Next", seal.write(c, ready.asked().text())));
    return Map.copyOf(headers);
  }

  /** A page in another form, with the next one's cursor in a header. */
  private Answer page(EndpointAnswers.Ready ready, Form form) {
    RowsOut.Bounded bytes = new RowsOut.Bounded();
    try (PagedRows rows = pages(ready)) {
      RowsOut.all(form, rows, ready.query().columns(), bytes);
      Answer.Bytes answer =
          new Answer.Bytes(200, form.type(), bytes.toByteArray(), withNext(ready, rows));
      ready.tag().ifPresent(tag -> kept.put(tag, answer));
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
  }

  /** All rows, as they come. */
  private Answer all(EndpointAnswers.Ready ready, Form form) {
    Lakehouse.Cursor cursor = run(ready);
    return new Answer.Rows(
        form.type(),
        ready.headers(),
        out -> {
          try (cursor) {
            Copied copied = new Copied(out, KeptAnswers.MOST_OF_ONE);
            RowsOut.all(form, cursor, ready.query().columns(), copied);
            copied.copy().ifPresent(body -> keep(ready, body));
          }
        });
  }
}
