package dev.towpath.source.http;

import dev.towpath.source.common.Settings;
import dev.towpath.spi.SourceTable;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * How an incremental table asks for what is new only.
 *
 * @param column the field that grows
 * @param param the parameter that its last value is sent as
 * @param lag how far before the last value a reading starts; empty for none
 * @param start what a first reading sends; empty for nothing
 * @param key the columns that tell one row from another
 */
record Following(
    String column, String param, Optional<String> lag, Optional<String> start, List<String> key) {
  /** Digits behind the point of a second in nanoseconds. */
  private static final int NANO_DIGITS = 9;

  private static final String INCREMENTAL = "incremental";

  /** Names that grow letter by letter, all of one length, such as ULIDs and UUIDs of version 7. */
  private static final Pattern SORTED =
      Pattern.compile(
          "\\w+|\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");

  Following {
    key = List.copyOf(key);
  }

  /** Reads the keys; empty in mode full. What is wrong is noted. */
  static Optional<Following> of(SourceTable table, Settings settings) {
    if (!table.mode().equals(INCREMENTAL)) {
      for (String key : List.of("cursor", "cursor_param", "lag", "start", "key")) {
        if (table.options().containsKey(key)) {
          settings.problem(
              key,
              "\"" + key + "\" means nothing in mode \"" + table.mode() + "\"",
              "remove it, or set mode: incremental");
        }
      }
      return Optional.empty();
    }
    String column =
        required(settings, "cursor", "write the field that grows, such as cursor: updated_at");
    String param =
        required(
            settings,
            "cursor_param",
            "write the parameter that the cursor is sent as, such as cursor_param: updated_since");
    List<String> key = settings.texts("key", settings.value("key").orElse(null));
    if (key.isEmpty()) {
      settings.problem(
          "mode",
          "mode \"incremental\" needs a \"key\"",
          "write what tells its rows apart, such as key: id");
    }
    Optional<String> lag = settings.text("lag");
    if (lag.isPresent() && Amounts.duration(lag.get()).isEmpty() && number(lag.get()).isEmpty()) {
      settings.problem(
          "lag",
          "\"lag\" cannot be \"" + lag.get() + "\"",
          "write a duration such as 1h, or for a cursor of numbers a number");
    }
    return Optional.of(new Following(column, param, lag, settings.text("start"), key));
  }

  private static String required(Settings settings, String key, String hint) {
    Optional<String> text = settings.text(key).filter(t -> !t.isBlank());
    if (text.isEmpty()) {
      settings.problem("mode", "mode \"incremental\" needs a \"" + key + "\"", hint);
    }
    return text.orElse("");
  }

  /** A number as written, if it is one. */
  static Optional<BigDecimal> number(String text) {
    return text.matches("-?\\d{1,40}(\\.\\d{1,40})?([eE][-+]?\\d{1,2})?")
        ? Optional.of(new BigDecimal(text))
        : Optional.empty();
  }

  /** What to send, given the last value that was seen. */
  Optional<String> from(Optional<String> last) {
    return last.isEmpty() ? start : last.map(value -> lag.map(l -> before(value, l)).orElse(value));
  }

  private static String before(String value, String lag) {
    Optional<BigDecimal> number = number(value);
    Optional<BigDecimal> less = number(lag);
    if (number.isPresent() && less.isPresent()) {
      return number.get().subtract(less.get()).toPlainString();
    }
    if (number.isPresent()) { // a duration before a number: Unix time
      BigDecimal seconds = Amounts.duration(lag).map(Following::seconds).orElse(BigDecimal.ZERO);
      return number
          .get()
          .subtract(seconds.scaleByPowerOfTen(digits(number.get())))
          .stripTrailingZeros()
          .toPlainString();
    }
    return Moments.minus(value, Amounts.duration(lag));
  }

  /** Whether the last value cannot be gone back from: it is neither a number nor a time. */
  boolean isStuck(String last) {
    boolean nothing =
        lag.isEmpty()
            || Amounts.duration(lag.get()).filter(java.time.Duration::isZero).isPresent()
            || number(lag.get()).filter(n -> n.signum() == 0).isPresent();
    return !nothing && from(Optional.of(last)).filter(last::equals).isPresent();
  }

  private static BigDecimal seconds(Duration duration) { // its nanoseconds alone may be too many
    return BigDecimal.valueOf(duration.getSeconds())
        .add(BigDecimal.valueOf(duration.getNano(), NANO_DIGITS));
  }

  /** What Unix time counts, by its size: seconds, or thousandths, millionths, billionths of one. */
  private static int digits(BigDecimal time) {
    int before = time.abs().precision() - time.scale(); // ten in seconds, until the year 2286
    return before <= 11 ? 0 : before <= 14 ? 3 : before <= 17 ? 6 : 9;
  }

  /**
   * The greater of two values of the cursor.
   *
   * @throws IllegalArgumentException when nobody can tell
   */
  static String greater(String one, String other) {
    if (one.equals(other)) {
      return one;
    }
    Optional<BigDecimal> number = number(one);
    Optional<BigDecimal> second = number(other);
    if (number.isPresent() && second.isPresent()) {
      return number.get().compareTo(second.get()) >= 0 ? one : other;
    }
    OptionalInt moments = Moments.compare(one, other);
    if (moments.isPresent()) {
      return moments.getAsInt() >= 0 ? one : other;
    }
    if (one.length() != other.length()
        || !SORTED.matcher(one).matches()
        || !SORTED.matcher(other).matches()) {
      throw new IllegalArgumentException(one + " " + other);
    }
    return one.compareTo(other) >= 0 ? one : other;
  }
}
