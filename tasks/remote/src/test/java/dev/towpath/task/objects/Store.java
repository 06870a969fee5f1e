package dev.towpath.task.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import dev.towpath.task.http.Web;
import java.io.IOException;
import java.net.URLDecoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A store of objects with the buckets {@code lake}, for whoever has the key, and {@code open}. It
 * checks signatures by what AWS has written down about them, and lists in pages, as S3 does.
 */
public final class Store implements Web.Answers {
  public static final String ACCESS = "AKIDEXAMPLE";
  public static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  public static final String REGION = "eu-west-1";
  private static final String MARK = "+/= &";

  private final Map<String, Instant> objects = new ConcurrentSkipListMap<>();

  /** Puts an object there now. */
  public void put(String key) {
    put(key, Instant.now());
  }

  public void put(String key, Instant changed) {
    objects.put(key, changed.truncatedTo(ChronoUnit.SECONDS));
  }

  @Override
  public void to(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    boolean open = path.equals("/open");
    String refusal = open ? "" : refusal(exchange);
    if (!refusal.isEmpty()) {
      String region = refusal.startsWith("Authorization") ? "<Region>" + REGION + "</Region>" : "";
      error(exchange, region.isEmpty() ? 403 : 400, refusal, region);
    } else if (!open && !path.equals("/lake")) {
      error(exchange, 404, "NoSuchBucket", "");
    } else if (!"2".equals(query.get("list-type")) || !"url".equals(query.get("encoding-type"))) {
      error(exchange, 400, "InvalidRequest", "");
    } else {
      Web.typed(200, "application/xml", list(query)).to(exchange);
    }
  }

  private static void error(HttpExchange exchange, int status, String code, String more)
      throws IOException {
    Web.typed(
            status,
            "application/xml",
            "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>It is so.</Message>%s</Error>"
                .formatted(code, more))
        .to(exchange);
  }

  private String list(Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    boolean folders = query.containsKey("delimiter");
    int most = Integer.parseInt(query.get("max-keys"));
    String token = query.getOrDefault("continuation-token", MARK);
    String after = token.substring(MARK.length());
    StringBuilder xml =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
            .append("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    int count = 0;
    String last = "";
    boolean more = false;
    for (Map.Entry<String, Instant> object : objects.entrySet()) {
      String key = object.getKey();
      boolean within = folders && key.indexOf('/', prefix.length()) >= 0;
      if (!key.startsWith(prefix) || key.compareTo(after) <= 0 || within) {
        continue;
      }
      if (count == most) {
        more = true;
        break;
      }
      xml.append(
              "<Contents><Key>%s</Key><LastModified>%s</LastModified>"
                  .formatted(encoded(key), object.getValue()))
          .append(
              "<ETag>&quot;0f&quot;</ETag><Size>1</Size><Owner><ID>x</ID></Owner></Contents>\n");
      last = key;
      count++;
    }
    if (more) {
      xml.append("<NextContinuationToken>")
          .append((MARK + last).replace("&", "&amp;"))
          .append("</NextContinuationToken>");
    }
    return xml.append("<IsTruncated>%s</IsTruncated>".formatted(more))
        .append("<EncodingType>url</EncodingType></ListBucketResult>")
        .toString();
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new TreeMap<>();
    for (String part : raw.split("&")) {
      String[] sides = part.split("=", 2);
      query.put(decoded(sides[0]), decoded(sides[1]));
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  /** Percent signs for all that is not unreserved in RFC 3986. */
  private static String encoded(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~".indexOf(c) >= 0;
      out.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return out.toString();
  }

  /** The code of what is wrong with a signature; empty when it is good. */
  private static String refusal(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    if (given == null) {
      return "AccessDenied";
    }
    Map<String, String> parts = new TreeMap<>();
    for (String part : given.substring(given.indexOf(' ') + 1).split(", *")) {
      parts.put(part.substring(0, part.indexOf('=')), part.substring(part.indexOf('=') + 1));
    }
    String[] scope = parts.get("Credential").split("/");
    if (!scope[0].equals(ACCESS)) {
      return "InvalidAccessKeyId";
    }
    if (!scope[2].equals(REGION)) {
      return "AuthorizationHeaderMalformed";
    }
    StringBuilder canonical =
        new StringBuilder(exchange.getRequestMethod())
            .append('\n')
            .append(exchange.getRequestURI().getRawPath())
            .append('\n');
    List<String> query = new ArrayList<>();
    query(exchange.getRequestURI().getRawQuery())
        .forEach((name, value) -> query.add(encoded(name) + "=" + encoded(value)));
    canonical.append(String.join("&", query)).append('\n');
    for (String name : parts.get("SignedHeaders").split(";")) {
      String value = exchange.getRequestHeaders().getFirst(name);
      canonical.append(name).append(':').append(String.valueOf(value).strip()).append('\n');
    }
    canonical
        .append('\n')
        .append(parts.get("SignedHeaders"))
        .append('\n')
        .append(exchange.getRequestHeaders().getFirst("x-amz-content-sha256"));
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      String text =
          "AWS4-HMAC-SHA256\n"
              + exchange.getRequestHeaders().getFirst("x-amz-date")
              + "\n"
              + String.join("/", List.of(scope).subList(1, 5))
              + "\n"
              + HexFormat.of().formatHex(sha.digest(canonical.toString().getBytes(UTF_8)));
      byte[] key = ("AWS4" + SECRET).getBytes(UTF_8);
      for (String part : List.of(scope).subList(1, 5)) {
        key = hmac(key, part);
      }
      boolean good = HexFormat.of().formatHex(hmac(key, text)).equals(parts.get("Signature"));
      return good ? "" : "SignatureDoesNotMatch";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }
}
