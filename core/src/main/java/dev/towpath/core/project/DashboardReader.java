package dev.towpath.core.project;

import dev.towpath.core.project.Dashboard.Block;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.core.project.Dashboard.Query;
import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one file of {@code dashboards/}: front matter in YAML, then a page in CommonMark. */
final class DashboardReader {
  static final Set<String> KEYS = Set.of("title", "description", "owner", "tags", "filters");

  private static final String BAR = "---";
  private static final List<String> WORDS = List.of("sql", "chart", "table", "metric");
  private static final String FIGURE = "python figure";
  private static final int LARGEST = 1 << 20;

  private final SourceText source;
  private final String name;
  private final Problems problems;
  private final List<Query> queries = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final Map<String, Location> ids = new HashMap<>();

  private DashboardReader(SourceText source, String name, Problems problems) {
    this.source = source;
    this.name = name;
    this.problems = problems;
  }

  /** Reads a dashboard; empty when its name or its front matter cannot be read, which is noted. */
  static Optional<Dashboard> read(SourceText source, String name, Problems problems) {
    if (!isName(name)) {
      problems.error(
          Location.of(NameRules.shown(source.file())),
          "\"" + NameRules.shown(name) + "\" cannot be a dashboard's name",
          "it stands in addresses: use letters, digits, - and _");
      return Optional.empty();
    }
    if (source.text().length() > LARGEST) {
      problems.error(Location.of(source.file()), "the file is larger than 1 MiB", "split the page");
      return Optional.empty();
    }
    return new DashboardReader(source, name, problems).dashboard();
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= 100
        && name.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
  }

  private Optional<Dashboard> dashboard() {
    String text = source.text();
    int first = lineEnd(text, 0);
    if (!text.substring(0, first).stripTrailing().equals(BAR)) {
      problems.error(
          new Location(source.file(), 1, 1),
          "a dashboard starts with its title",
          "write the lines ---, title: " + name + " and --- before the page");
      return Optional.empty();
    }
    int start = Math.min(first + lineBreak(text, first), text.length());
    int end = start;
    while (end < text.length()
        && !text.substring(end, lineEnd(text, end)).stripTrailing().equals(BAR)) {
      int stop = lineEnd(text, end);
      end = stop + lineBreak(text, stop);
    }
    if (end >= text.length()) {
      problems.error(
          new Location(source.file(), 1, 1),
          "the front matter does not end",
          "write a line --- behind it");
      return Optional.empty();
    }
    int before = problems.list().size();
    Optional<YamlMap> map = Yaml.read(source, start, end, problems).flatMap(YamlValue::asMap);
    if (map.isEmpty()) {
      if (problems.list().size() == before) {
        problems.error(
            new Location(source.file(), 2, 1), "the front matter is empty", "write title: " + name);
      }
      return Optional.empty();
    }
    int stop = lineEnd(text, end);
    return Optional.of(dashboard(map.get(), stop + lineBreak(text, stop)));
  }

  private Dashboard dashboard(YamlMap map, int body) {
    map.only(KEYS, Map.of("name", "title", "params", "filters", "parameters", "filters"), Set.of());
    Optional<String> title =
        map.required("title", "write title: and what people read").flatMap(YamlValue::asText);
    List<Filter> filters = FilterReader.read(map, problems);
    new PageParts(source, body, problems)
        .each(
            new PageParts.Visitor() {
              @Override
              public void prose(String html, Location at) {
                add(new Dashboard.Prose(next("prose"), html, at));
              }

              @Override
              public boolean fence(PageParts.Fence fence) {
                return block(fence);
              }
            });
    return new Dashboard(
        name,
        source.file(),
        title.orElse(name),
        map.text("description"),
        map.text("owner"),
        map.texts("tags"),
        filters,
        queries,
        blocks);
  }

  /** Takes a fenced block; false when it is none of ours and is shown as text. */
  private boolean block(PageParts.Fence fence) {
    String[] words = fence.info().strip().split("\\s+", -1);
    String word = words[0].toLowerCase(Locale.ROOT);
    String rest = fence.info().strip().substring(words[0].length()).strip();
    if (PageParts.isFigure(words)) {
      figure(fence, rest.substring(words[1].length()).strip());
      return true;
    }
    switch (word) {
      case "sql" -> query(fence, rest);
      case "chart", "table", "metric" -> {
        if (!rest.isEmpty()) {
          problems.error(
              fence.at(),
              "\"" + NameRules.shown(rest) + "\" cannot stand behind " + word,
              "write title: " + NameRules.shown(rest) + " on a line of its own");
        }
        yaml(fence, word);
      }
      default -> {
        String two = word + (words.length > 1 ? " " + words[1].toLowerCase(Locale.ROOT) : "");
        Names.nearest(word, WORDS)
            .filter(_ -> !word.isEmpty())
            .or(() -> Names.nearest(two, List.of(FIGURE)))
            .ifPresent(near ->
                problems.warning(
                    fence.at(),
                    "a block \""
                        + NameRules.shown(near.equals(FIGURE) ? two : word)
                        + "\" is shown as text",
                    "did you mean \"" + near + "\"?"));
        return false;
      }
    }
    return true;
  }

  private void query(PageParts.Fence fence, String called) {
    if (!NameRules.isParameter(called)) {
      problems.error(
          fence.at(),
          called.isEmpty()
              ? "a query needs a name"
              : "\"" + NameRules.shown(called) + "\" cannot be the name of a query",
          "write ```sql flights_by_day: letters, digits and _");
      return;
    }
    Location start = source.at(fence.start());
    if (fence.text().isBlank()) {
      problems.error(fence.at(), "the query " + called + " is empty", "write a SELECT");
      return;
    }
    Optional<Query> earlier =
        queries.stream().filter(q -> q.named() && q.name().equalsIgnoreCase(called)).findFirst();
    if (earlier.isPresent()) {
      problems.error(
          fence.at(),
          "there is a query " + called + " already",
          "it is also on line " + (earlier.get().start().line() - 1) + "; rename one");
      return;
    }
    queries.add(new Query(called, true, fence.text(), start, 0));
  }

  private void figure(PageParts.Fence fence, String called) {
    boolean named = BlockReader.ID.matcher(called).matches();
    if (!named && !called.isEmpty()) {
      problems.error(
          fence.at(),
          "\"" + NameRules.shown(called) + "\" cannot be the id of a figure",
          "write ```python figure delays: letters, digits, - and _, a letter first");
    }
    String id = named ? called : next("figure");
    new FigureReader(source.file(), fence, problems).read(id).ifPresent(this::add);
  }

  private void yaml(PageParts.Fence fence, String word) {
    int before = problems.list().size();
    Optional<YamlMap> map =
        Yaml.read(source, fence.start(), fence.end(), problems).flatMap(YamlValue::asMap);
    if (map.isEmpty()) {
      if (problems.list().size() == before) {
        problems.error(fence.at(), "the " + word + " is empty", "write query: and what it shows");
      }
      return;
    }
    BlockReader reader = new BlockReader(map.get(), next(word), fence.at(), queries::add);
    Optional<Block> block =
        switch (word) {
          case "chart" -> reader.chart();
          case "table" -> reader.table();
          default -> reader.metric();
        };
    block.ifPresent(this::add);
  }

  private String next(String kind) {
    return kind + "-" + counts.merge(kind, 1, Integer::sum);
  }

  private void add(Block block) {
    Location earlier = ids.putIfAbsent(block.id(), block.location());
    if (earlier != null) {
      problems.error(
          block.location(),
          "there is a block \"" + block.id() + "\" already",
          "it is also on line " + earlier.line() + "; give one of them another id:");
      return;
    }
    blocks.add(block);
  }

  static int lineEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
    return at;
  }

  /** How many characters the line break has that stands here. */
  static int lineBreak(String text, int at) {
    if (at >= text.length()) {
      return 0;
    }
    return text.startsWith("\r\n", at) ? 2 : 1;
  }
}
