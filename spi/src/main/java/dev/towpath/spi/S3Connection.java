package dev.towpath.spi;

import java.util.Optional;

/**
 * How a store is reached that speaks S3's protocol.
 *
 * @param name how {@code towpath.yml} calls it; empty for what the environment variables say
 * @param endpoint a URL; empty for the one that the object's own URL stands for
 * @param keys empty for buckets that anybody may read
 * @param pathStyle whether buckets are folders of the endpoint rather than hosts below it; empty
 *     for what is usual there
 */
public record S3Connection(
    String name,
    Optional<String> endpoint,
    String region,
    Optional<Keys> keys,
    Optional<Boolean> pathStyle) {
  /** Where a bucket is taken to be unless somebody says otherwise. */
  public static final String USUAL_REGION = "us-east-1";

  /** Knows the connections that there are. */
  @FunctionalInterface
  public interface Finder {
    /**
     * The connection of that name, or without one what the environment variables say.
     *
     * @throws TowpathException when there is none, or a variable of it is not set
     */
    S3Connection find(Optional<String> name);
  }

  /**
   * What proves who asks.
   *
   * @param token of keys that hold for some hours only
   */
  public record Keys(String access, String secret, Optional<String> token) {
    /** Without any of them. */
    @Override
    public String toString() {
      return "Keys[***]";
    }
  }
}
