package dev.towpath.task.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * The beginning of what a server sent.
 *
 * @param bytes at most as many as were wanted
 * @param whole whether that is all of it
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
public record Body(byte[] bytes, boolean whole) {
  /** More than this is not kept, unless somebody wants more. */
  public static final int MOST_BYTES = 1 << 20;

  /** Takes bytes as they come, and hangs up when there are too many. */
  static final class Sink implements HttpResponse.BodySubscriber<Body> {
    private final CompletableFuture<Body> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int most;
    private Flow.@org.jspecify.annotations.Nullable Subscription subscription;

    Sink(int most) {
      this.most = most;
    }

    @Override
    public CompletionStage<Body> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription source) {
      subscription = source;
      source.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        int room = most - bytes.size();
        byte[] some = new byte[Math.min(room, buffer.remaining())];
        buffer.get(some);
        bytes.writeBytes(some);
        if (buffer.hasRemaining()) {
          Flow.Subscription source = subscription;
          if (source != null) {
            source.cancel();
          }
          body.complete(new Body(bytes.toByteArray(), false));
          return;
        }
      }
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.complete(new Body(bytes.toByteArray(), true));
    }
  }
}
