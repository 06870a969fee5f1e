package dev.towpath.source.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** Writes a body into a file as it comes, and tells when something came last. */
final class BodySink implements BodySubscriber<Path> {
  private final Path file;
  private final boolean wanted;
  private final AtomicLong heard;
  private final CompletableFuture<Path> done = new CompletableFuture<>();
  private final FileChannel out;
  private Flow.@org.jspecify.annotations.Nullable Subscription subscription;
  private long bytes;

  /**
   * A sink.
   *
   * @param wanted whether the body is read at all
   * @param heard set to the JVM's nanosecond clock whenever something comes
   */
  BodySink(Path file, boolean wanted, AtomicLong heard) throws IOException {
    this.file = file;
    this.wanted = wanted;
    this.heard = heard;
    this.out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
  }

  @Override
  public CompletionStage<Path> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (wanted) {
      given.request(Long.MAX_VALUE);
    } else {
      given.cancel();
      end(null);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    heard.set(System.nanoTime());
    try {
      for (ByteBuffer buffer : buffers) {
        bytes += buffer.remaining();
        write(buffer);
      }
      if (bytes > Answer.MOST_BYTES) {
        throw new Answer.TooLargeException();
      }
    } catch (IOException e) {
      if (subscription != null) {
        subscription.cancel();
      }
      end(e);
    }
  }

  private void write(ByteBuffer buffer) throws DiskException {
    try {
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
    } catch (IOException e) {
      throw new DiskException(e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end(failure);
  }

  @Override
  public void onComplete() {
    end(null);
  }

  private void end(@org.jspecify.annotations.Nullable Throwable failure) {
    Throwable reason = failure;
    try {
      out.close();
    } catch (IOException e) {
      reason = reason == null ? e : reason;
    }
    if (reason == null) {
      done.complete(file);
    } else {
      done.completeExceptionally(reason);
    }
  }
}
