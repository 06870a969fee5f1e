package dev.towpath.pgwire.wire;

import java.nio.charset.StandardCharsets;

/** The messages of a server that are the same wherever they are sent. */
public final class Answers {
  private final Outbox out;

  public Answers(Outbox out) {
    this.out = out;
  }

  /** An ErrorResponse. */
  public void error(PgError e) {
    out.begin('E');
    field('S', e.isFatal() ? "FATAL" : "ERROR");
    field('V', e.isFatal() ? "FATAL" : "ERROR");
    field('C', e.state().code());
    field('M', String.valueOf(e.getMessage()));
    e.hint().ifPresent(hint -> field('H', hint));
    if (e.position() > 0) {
      field('P', String.valueOf(e.position()));
    }
    out.int8(0).end();
  }

  /** A NoticeResponse. */
  public void notice(String severity, SqlState state, String message) {
    out.begin('N');
    field('S', severity);
    field('V', severity);
    field('C', state.code());
    field('M', message);
    out.int8(0).end();
  }

  /** A CommandComplete. */
  public void complete(String tag) {
    out.begin('C').text(tag).end();
  }

  /** A ParameterStatus. */
  public void parameter(String name, String value) {
    out.begin('S').text(name).text(value).end();
  }

  /** A ReadyForQuery. */
  public void ready(char transaction) {
    out.begin('Z').int8(transaction).end();
    out.flush();
  }

  private void field(char code, String text) {
    // A zero byte would end the field; none is in what people write.
    out.int8(code).bytes(text.replace('\0', ' ').getBytes(StandardCharsets.UTF_8)).int8(0);
  }
}
