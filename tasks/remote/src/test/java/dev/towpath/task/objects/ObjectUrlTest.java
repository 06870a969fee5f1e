package dev.towpath.task.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.S3Connection;
import dev.towpath.spi.TowpathException;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectUrlTest {
  @ParameterizedTest
  @CsvSource({
    // pattern,            key,               whether it is meant
    "in/*.csv,             in/a.csv,          true",
    "in/*.csv,             in/deep/a.csv,     false",
    "in/*.csv,             in/a.csv.gz,       false",
    "in/*,                 in/,               false",
    "in/,                  in/,               true",
    "in/**,                in/deep/er/a.csv,  true",
    "in/**/*.csv,          in/a.csv,          false",
    "**.csv,               a.csv,             true",
    "a?.csv,               aé.csv,            true",
    "a?.csv,               a/.csv,            false",
    "a?.csv,               a😀.csv,           true",
    "a.c+,                 a.c+,              true",
    "a.c+,                 axcc,              false",
    "'{a,b/c}.csv',        b/c.csv,           true",
    "'{a,b*}.csv',         bcd.csv,           true",
    "'{a,b}.csv',          c.csv,             false",
    "[a-c].csv,            b.csv,             true",
    "[a-c].csv,            -.csv,             false",
    "[a-].csv,             -.csv,             true",
    "[!a-c].csv,           d.csv,             true",
    "[!a-c].csv,           a.csv,             false",
    "[!a]b,                /b,                false",
    "[]^&].csv,            ^.csv,             true",
    "\\*.csv,              *.csv,             true",
    "\\*.csv,              a.csv,             false",
    "x//*,                 x//y,              true",
    "x//*,                 x/y,               false",
    "'\\{a\\,b}',          '{a,b}',           true",
    "*\\*,                 a*,                true",
    "*\\*,                 ab,                false",
  })
  void patterns(String pattern, String key, boolean meant) {
    assertThat(new KeyPattern(pattern).matches(key)).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({
    "in/2026-*.csv,   in/2026-,   false, false",
    "in/a.csv,        in/a.csv,   true,  false",
    "in/\\*.csv,      in/*.csv,   true,  false",
    "in/**,           in/,        false, true",
    "in/*/x,          in/,        false, true",
  })
  void whatIsAskedFor(String pattern, String prefix, boolean literal, boolean deep) {
    KeyPattern key = new KeyPattern(pattern);
    assertThat(key.prefix()).isEqualTo(prefix);
    assertThat(key.isLiteral()).isEqualTo(literal);
    assertThat(key.isDeep()).isEqualTo(deep);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          incoming/x.csv        | "incoming/x.csv" is no URL of an object
          az://box/x            | "az" is no store that is known
          s3a://lake/x          | "s3a" is what Hadoop says
          https://host/lake/x   | "object" takes no URL of a web server
          s3:///x               | the URL names no bucket
          s3://la*/x            | the bucket cannot be a pattern
          s3://AK:hunter2@la/x  | this cannot be the name of a bucket
          s3://lake             | "s3://lake" names a bucket, and no object in it
          s3://lake/            | "s3://lake/" names a bucket, and no object in it
          s3://lake/{a          | "s3://lake/{a" is no pattern: missing }
          s3://lake/[a          | "s3://lake/[a" is no pattern: missing ]
          s3://lake/{a{b}}      | "s3://lake/{a{b}}" is no pattern: { within {
          s3://lake/[b-a]       | "s3://lake/[b-a]" is no pattern: Illegal character range
          s3://lake/a\\         | "s3://lake/a\\" is no pattern: nothing follows the backslash
          s3://${BUCKET}/       | "s3://${BUCKET}/" names a bucket, and no object in it
          gs://lake/x           | gs:// needs a connection
          """)
  void mistakes(String text, String message) {
    assertThat(ObjectUrl.mistake(text, false).map(Throwable::getMessage)).contains(message);
  }

  @ParameterizedTest
  @CsvSource({
    "s3://lake/x",
    "${OBJECT}",
    "s3://${WHERE}",
    "s3://${BUCKET}/x",
    "s3://lake/${params.month}*"
  })
  void whatMayBeRight(String text) {
    assertThat(ObjectUrl.mistake(text, false)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // endpoint,           region,     path style, URL,          where
    "'',                   eu-west-1,  '',    s3://lake/x,       https://lake.s3.eu-west-1.amazonaws.com/",
    "'',                   eu-west-1,  true,  s3://lake/x,       https://s3.eu-west-1.amazonaws.com/lake",
    "'',                   us-east-1,  '',    s3://a.lake/x,     https://s3.us-east-1.amazonaws.com/a.lake",
    "'',                   cn-north-1, '',    s3://lake/x,       https://lake.s3.cn-north-1.amazonaws.com.cn/",
    "'',                   us-east-1,  '',    gs://lake/x,       https://storage.googleapis.com/lake",
    "http://localhost:9000/, us-east-1, '',   s3://lake/x,       http://localhost:9000/lake",
    "http://localhost:9000, us-east-1, false, s3://lake/x,       http://lake.localhost:9000/",
    "https://h/storage/v1/s3, auto,    '',    s3://lake/x,       https://h/storage/v1/s3/lake",
    "https://h,            auto,       '',    gs://lake/x,       https://h/lake",
  })
  void addresses(String endpoint, String region, String pathStyle, String url, String where) {
    S3Connection connection =
        new S3Connection(
            "c",
            Optional.of(endpoint).filter(e -> !e.isEmpty()),
            region,
            Optional.empty(),
            Optional.of(pathStyle).filter(p -> !p.isEmpty()).map(Boolean::valueOf));
    assertThat(Bucket.address(connection, ObjectUrl.of(url))).hasToString(where);
  }

  @ParameterizedTest
  @CsvSource({
    "hunter2,   us-east-1,   true,  \"endpoint\" is no URL of a web server",
    "'',        eu west 1,   true,  region and bucket are no name of a host",
    "https://h, us-east-1,   false, region and bucket are no name of a host",
  })
  void whatIsNoAddress(String endpoint, String region, boolean pathStyle, String message) {
    S3Connection connection =
        new S3Connection(
            "c",
            Optional.of(endpoint).filter(e -> !e.isEmpty()),
            region,
            Optional.empty(),
            Optional.of(pathStyle));
    assertThatThrownBy(() -> Bucket.address(connection, ObjectUrl.of("s3://my_lake/x")))
        .isInstanceOf(TowpathException.class)
        .hasMessage(message);
  }
}
