package dev.towpath.core.project;

import dev.towpath.core.project.ChartType.Channel;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.PythonRunner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of {@code dashboards/}: filters, queries, and a page of prose and blocks.
 *
 * @param name the file's name without ending
 * @param queries what blocks show, in the order of the file; each may read those before it
 * @param blocks in the order of the page
 */
public record Dashboard(
    String name,
    String file,
    String title,
    Optional<String> description,
    Optional<String> owner,
    List<String> tags,
    List<Filter> filters,
    List<Query> queries,
    List<Block> blocks) {
  public Dashboard {
    tags = List.copyOf(tags);
    filters = List.copyOf(filters);
    queries = List.copyOf(queries);
    blocks = List.copyOf(blocks);
  }

  /** The query of that name. */
  public Optional<Query> query(String query) {
    return queries.stream().filter(q -> q.name().equalsIgnoreCase(query)).findFirst();
  }

  /** The block of that id. */
  public Optional<Block> block(String id) {
    return blocks.stream().filter(b -> b.id().equals(id)).findFirst();
  }

  /** The filter of that name. */
  public Optional<Filter> filter(String filter) {
    return filters.stream().filter(f -> f.name().equals(filter)).findFirst();
  }

  /** The types of all that filters bind, by the names that SQL has for it. */
  public Map<String, DataType> types() {
    Map<String, DataType> types = new LinkedHashMap<>();
    for (Filter filter : filters) {
      for (Parameter p : filter.parameters()) {
        types.put(Filter.inSql(p.name()), p.list() ? new DataType.ListOf(p.type()) : p.type());
      }
    }
    return types;
  }

  /**
   * Something that people choose, by which all queries that use it are bound.
   *
   * @param range whether it is two values, {@code name.from} and {@code name.to} in an address, and
   *     {@code $name_from} and {@code $name_to} in SQL
   * @param parameters its values, by their names in an address: one, or the two of a range
   * @param fallback what they are when nobody chose, by the same names
   * @param choices what there is to choose from, when the file lists it
   * @param options the query that gives what there is to choose from
   */
  public record Filter(
      String name,
      boolean range,
      List<Parameter> parameters,
      Map<String, List<String>> fallback,
      Optional<String> label,
      List<Choice> choices,
      Optional<Query> options,
      Location location) {
    public Filter {
      parameters = List.copyOf(parameters);
      fallback = Collections.unmodifiableMap(new LinkedHashMap<>(fallback));
      choices = List.copyOf(choices);
    }

    /** Its type; that of both ends of a range. */
    public DataType type() {
      return parameters.getFirst().type();
    }

    /** Whether several values may be chosen. */
    public boolean list() {
      return parameters.getFirst().list();
    }

    /** Whether something must be chosen. */
    public boolean required() {
      return !parameters.getFirst().nullable();
    }

    /** The name that SQL has for a value, behind the dollar sign. */
    public static String inSql(String parameter) {
      return parameter.replace('.', '_');
    }
  }

  /** A value that may be chosen, and what people read. */
  public record Choice(String value, String label) {}

  /**
   * A query of a page.
   *
   * @param name its own, or the id of the block in which it stands
   * @param named whether other queries and blocks can read it by its name
   * @param start where its first character stands
   * @param indent columns that its later lines are further to the right in the file
   */
  public record Query(String name, boolean named, String sql, Location start, int indent) {
    /** The text on its lines and columns of the file, with nothing else on them. */
    public String inPlace() {
      return "\n".repeat(start.line() - 1) + " ".repeat(start.column() - 1) + sql;
    }
  }

  /** A part of the page. */
  public sealed interface Block {
    /** Tells it from the page's other blocks. */
    String id();

    Location location();

    /** The query whose rows it shows. */
    default Optional<Ref> source() {
      return Optional.empty();
    }

    /** Whether there is something to ask for; else it is all here. */
    default boolean asks() {
      return source().isPresent();
    }
  }

  /** Text, as HTML without anything that could do harm. */
  public record Prose(String id, String html, Location location) implements Block {}

  /**
   * A chart.
   *
   * @param columns what it is drawn of
   * @param geo the regions of a map, when they are the project's own
   */
  public record Chart(
      String id,
      ChartType type,
      Ref query,
      Map<Channel, List<Ref>> columns,
      Optional<Geo> geo,
      Look look,
      Click click,
      Location location)
      implements Block {
    public Chart {
      columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    @Override
    public Optional<Ref> source() {
      return Optional.of(query);
    }

    /** The columns of a channel; none when it is not used. */
    public List<Ref> of(Channel channel) {
      return columns.getOrDefault(channel, List.of());
    }

    /** The column of a channel that has at most one. */
    public Optional<String> one(Channel channel) {
      return of(channel).stream().map(Ref::column).findFirst();
    }
  }

  /**
   * A file of GeoJSON with regions.
   *
   * @param file path relative to the project
   * @param key path in a feature of what rows name it by, such as {@code properties.code}
   */
  public record Geo(Ref file, Ref key) {}

  /**
   * A table of rows.
   *
   * @param columns those that are shown, in order; none means all
   * @param page rows at a time
   */
  public record Table(
      String id,
      Ref query,
      List<Shown> columns,
      int page,
      Look look,
      Click click,
      Location location)
      implements Block {
    public Table {
      columns = List.copyOf(columns);
    }

    @Override
    public Optional<Ref> source() {
      return Optional.of(query);
    }
  }

  /** A column of a table, as it is shown. */
  public record Shown(
      Ref ref, Optional<String> label, Optional<String> format, Optional<Link> link) {}

  /**
   * A number, from the first row.
   *
   * @param compare what it is compared with
   */
  public record Metric(
      String id, Ref query, Ref value, Optional<Ref> compare, Look look, Location location)
      implements Block {
    @Override
    public Optional<Ref> source() {
      return Optional.of(query);
    }
  }

  /**
   * A figure that Python draws.
   *
   * @param text the code on its lines of the file, with nothing else on them
   * @param limits what drawing it may take
   */
  public record Figure(
      String id, String text, Look look, PythonRunner.Limits limits, Location location)
      implements Block {
    @Override
    public boolean asks() {
      return true;
    }
  }

  /** A column that is named, and where. */
  public record Ref(String column, Location location) {}

  /**
   * How a block looks.
   *
   * @param format of numbers as d3 writes them ({@code ,.1f}), of dates with percent signs
   * @param height in pixels
   * @param width {@code full}, {@code half}, {@code third} or {@code quarter} of the page
   * @param sort a column, with {@code desc} behind it for the largest first
   * @param plain what else was said, by the words of the file: texts, numbers and truths
   */
  public record Look(
      Optional<String> title,
      Optional<String> format,
      Optional<Integer> height,
      String width,
      Optional<Sort> sort,
      List<String> colors,
      Map<String, Object> plain) {
    /** What is so when nothing is said. */
    public static final Look PLAIN =
        new Look(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "full",
            Optional.empty(),
            List.of(),
            Map.of());

    public Look {
      colors = List.copyOf(colors);
      plain = Collections.unmodifiableMap(new LinkedHashMap<>(plain));
    }

    /** Something else that was said, as text. */
    public Optional<String> text(String key) {
      return Optional.ofNullable(plain.get(key)).map(String::valueOf);
    }

    /** Whether something was said to be so. */
    public boolean is(String key, boolean fallback) {
      return plain.get(key) instanceof Boolean truth ? truth : fallback;
    }
  }

  /** The order of rows. */
  public record Sort(Ref by, boolean descending) {}

  /**
   * What a click on a mark or a row does.
   *
   * @param filter chooses this filter's value
   * @param column whose value that is; the filter's own name without it
   * @param link goes there
   */
  public record Click(Optional<Ref> filter, Optional<Ref> column, Optional<Link> link) {
    public static final Click NONE =
        new Click(Optional.empty(), Optional.empty(), Optional.empty());

    /** The columns whose values a click needs, the filter's first. */
    public List<String> columns() {
      List<String> columns = new ArrayList<>();
      filter.ifPresent(f -> columns.add(column.orElse(f).column()));
      link.ifPresent(l -> columns.addAll(l.columns()));
      return columns.stream().distinct().toList();
    }
  }

  /**
   * The way to another dashboard, with values of its filters.
   *
   * @param text such as {@code routes?origin={origin}}
   * @param values what its filters are to be: plain text, or a column in braces
   */
  public record Link(String text, String dashboard, Map<String, String> values, Location location) {
    public Link {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The column that a value stands for, when it is one. */
    public static Optional<String> column(String value) {
      return value.length() > 2 && value.startsWith("{") && value.endsWith("}")
          ? Optional.of(value.substring(1, value.length() - 1))
          : Optional.empty();
    }

    /** The columns that it needs. */
    public List<String> columns() {
      return values.values().stream().flatMap(v -> column(v).stream()).distinct().sorted().toList();
    }
  }
}
