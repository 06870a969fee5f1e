package dev.towpath.core.project;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A kind of chart: which columns it is drawn of, and what else can be said of it. */
public enum ChartType {
  LINE(Of.of(Channel.X, Channel.Y).maybe(Channel.SERIES, Channel.TEXT).axes()),
  BAR(Of.of(Channel.X, Channel.Y).maybe(Channel.SERIES, Channel.TEXT).axes("stack", "horizontal")),
  AREA(Of.of(Channel.X, Channel.Y).maybe(Channel.SERIES, Channel.TEXT).axes("stack")),
  SCATTER(Of.of(Channel.X, Channel.Y).maybe(Channel.SERIES, Channel.SIZE, Channel.TEXT).axes()),
  PIE(Of.of(Channel.X, Channel.Y).maybe(Channel.TEXT).also("sort", "colors")),
  HEATMAP(Of.of(Channel.X, Channel.Y, Channel.VALUE).also("sort", "x_title", "y_title")),
  BOX(Of.of(Channel.Y).maybe(Channel.X, Channel.SERIES).axes("horizontal")),
  HISTOGRAM(Of.of(Channel.X).maybe(Channel.SERIES).axes("bins")),
  INDICATOR(Of.of(Channel.VALUE).maybe(Channel.COMPARE).also("min", "max")),
  PIVOT(Of.of(Channel.ROWS, Channel.COLUMNS, Channel.VALUE).also("sort")),
  CHOROPLETH(
      Of.of(Channel.LOCATIONS, Channel.VALUE).maybe(Channel.TEXT).also("scope", "geo", "key")),
  MAP(
      Of.of(Channel.LAT, Channel.LON)
          .maybe(Channel.SIZE, Channel.VALUE, Channel.SERIES, Channel.TEXT)
          .also("scope", "colors"));

  /** What a column stands for in a chart. */
  public enum Channel {
    X,
    Y,
    SERIES,
    SIZE,
    TEXT,
    VALUE,
    COMPARE,
    ROWS,
    COLUMNS,
    LOCATIONS,
    LAT,
    LON;

    /** The key in the file. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The types by the words of the file, in the order in which they are told. */
  public static final Map<String, ChartType> WORDS = words();

  private static final Set<ChartType> CLICKED =
      EnumSet.of(LINE, BAR, AREA, SCATTER, PIE, HEATMAP, CHOROPLETH, MAP);

  @SuppressWarnings("ImmutableEnumChecker") // it is filled before anybody sees it
  private final Of of;

  ChartType(Of of) {
    this.of = of;
  }

  private static Map<String, ChartType> words() {
    Map<String, ChartType> words = new LinkedHashMap<>();
    for (ChartType type : values()) {
      words.put(type.word(), type);
    }
    return words;
  }

  /** The word in the file. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Columns that must be named. */
  public Set<Channel> needs() {
    return of.needs;
  }

  /** Columns that may be named. */
  public Stream<Channel> channels() {
    return Stream.concat(of.needs.stream(), of.maybe.stream());
  }

  /** What else can be said of it. */
  Set<String> options() {
    return of.options;
  }

  /** Whether several columns may be named at once. */
  public boolean takesSeveral(Channel channel) {
    return channel == Channel.ROWS
        || (channel == Channel.Y && (this == LINE || this == BAR || this == AREA));
  }

  /** Whether the column's values must be numbers. */
  public boolean needsNumbers(Channel channel) {
    return switch (channel) {
      case SIZE, VALUE, COMPARE, LAT, LON -> this != PIVOT;
      case Y -> this == LINE || this == BAR || this == AREA || this == PIE || this == BOX;
      case X, SERIES, TEXT, ROWS, COLUMNS, LOCATIONS -> false;
    };
  }

  /** Whether its marks stand for rows, so that a click on one can mean something. */
  public boolean isClicked() {
    return CLICKED.contains(this);
  }

  /** What a type is made of. */
  private static final class Of {
    private final Set<Channel> needs = EnumSet.noneOf(Channel.class);
    private final Set<Channel> maybe = EnumSet.noneOf(Channel.class);
    private final Set<String> options = new java.util.TreeSet<>();

    static Of of(Channel... needs) {
      Of of = new Of();
      of.needs.addAll(List.of(needs));
      return of;
    }

    Of maybe(Channel... channels) {
      maybe.addAll(List.of(channels));
      return this;
    }

    /** Two axes, with what belongs to them. */
    Of axes(String... more) {
      options.addAll(List.of("x_title", "y_title", "sort", "colors"));
      return also(more);
    }

    Of also(String... more) {
      options.addAll(List.of(more));
      return this;
    }
  }
}
