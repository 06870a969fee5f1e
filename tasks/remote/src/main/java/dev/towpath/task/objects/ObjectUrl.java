package dev.towpath.task.objects;

import dev.towpath.spi.TowpathException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Where an object lies, or several: {@code s3://bucket/key}, with a pattern for the key.
 *
 * @param scheme {@code s3} or {@code gs}
 */
public record ObjectUrl(String scheme, String bucket, KeyPattern key) {
  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(?:/(.*))?", Pattern.DOTALL);
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final String FORM = "write s3://bucket/folder/*.csv";

  /** Values of a run, and variables, which are known when it runs. */
  private static final Pattern TEMPLATE = Pattern.compile("\\$\\{[^}]*}");

  /**
   * Reads one.
   *
   * @throws TowpathException when it is none
   */
  public static ObjectUrl of(String text) {
    return of(text, text);
  }

  private static ObjectUrl of(String text, String shown) {
    if (text.isBlank()) {
      throw new TowpathException("\"object\" is empty", FORM);
    }
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      throw new TowpathException("\"" + shown + "\" is no URL of an object", FORM);
    }
    String scheme = scheme(url.group(1).toLowerCase(Locale.ROOT));
    String bucket = bucket(url.group(2));
    String key = Optional.ofNullable(url.group(3)).orElse("");
    if (key.isEmpty()) {
      throw new TowpathException(
          "\"" + shown + "\" names a bucket, and no object in it",
          FORM + ", or ** for any object of the bucket");
    }
    try {
      return new ObjectUrl(scheme, bucket, new KeyPattern(key));
    } catch (PatternSyntaxException e) {
      throw new TowpathException(
          "\"" + shown + "\" is no pattern: " + e.getDescription(),
          "* stands for any characters, ** also for folders, ? for one, {a,b} for either; \\ before"
              + " one of them takes its meaning",
          e);
    }
  }

  private static String scheme(String scheme) {
    return switch (scheme) {
      case "s3", "gs" -> scheme;
      case "s3a", "s3n" ->
          throw new TowpathException("\"" + scheme + "\" is what Hadoop says", "write s3://");
      case "http", "https" ->
          throw new TowpathException(
              "\"object\" takes no URL of a web server",
              "write s3://bucket/key, and the server as endpoint: of a connection in towpath.yml");
      default ->
          throw new TowpathException(
              "\"" + scheme + "\" is no store that is known",
              "write s3:// (also for MinIO, Ceph, R2 and what else speaks S3's protocol) or gs://");
    };
  }

  /** Whoever writes keys into the URL shall not see them in a message. */
  private static String bucket(String bucket) {
    if (bucket.isEmpty()) {
      throw new TowpathException("the URL names no bucket", FORM);
    }
    if (bucket.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0)) {
      throw new TowpathException(
          "the bucket cannot be a pattern", "write its name; only what follows may have wildcards");
    }
    if (!BUCKET.matcher(bucket).matches()) {
      throw new TowpathException(
          "this cannot be the name of a bucket",
          "letters, digits, \".\", \"-\" and \"_\"; keys and servers belong under connections: in"
              + " towpath.yml");
    }
    return bucket;
  }

  /**
   * What is wrong with one as it is written, as far as that can be told; empty when nothing is.
   * What templates stand for may hold any part of it.
   *
   * @param connected whether a connection is named for it
   */
  public static Optional<TowpathException> mistake(String text, boolean connected) {
    String likely = TEMPLATE.matcher(text).replaceAll("x");
    boolean told = likely.equals(text);
    Matcher url = URL.matcher(likely);
    boolean open = !told && (text.startsWith("${") || (url.matches() && url.group(3) == null));
    if (open) {
      return Optional.empty();
    }
    try {
      ObjectUrl read = of(likely, text);
      return read.scheme().equals("gs") && !connected
          ? Optional.of(unconnected())
          : Optional.empty();
    } catch (TowpathException e) {
      return Optional.of(e);
    }
  }

  /** The environment variables are of AWS, whose keys are not for Google to see. */
  static TowpathException unconnected() {
    return new TowpathException(
        "gs:// needs a connection",
        "write connection: NAME, and in towpath.yml connections: {NAME: {type: s3, access_key:"
            + " \"${GS_KEY}\", secret_key: \"${GS_SECRET}\"}}, with an HMAC key of Google's");
  }

  /** The URL of an object of the bucket. */
  String at(String key) {
    return scheme + "://" + bucket + "/" + key;
  }

  /** Bucket and the beginning of the keys, for people. */
  String shown() {
    return at(key.prefix());
  }
}
