package dev.towpath.source.files;

import dev.towpath.source.common.Drift;
import dev.towpath.source.common.Settings;
import dev.towpath.spi.FileScan.Format;
import dev.towpath.spi.SourceTable;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one table of files, read and found to be right.
 *
 * @param paths with wildcards, relative to the project or absolute
 * @param format as said; empty means by each file's ending
 * @param options for the engine, without what depends on the ending
 * @param tolerant whether bad rows are set aside
 * @param drift what happens when a file has other columns
 * @param replace whether changed content at a known path is read again, instead of an error
 * @param keepMissing whether the rows of a file that vanished stay
 */
record FileSettings(
    List<String> paths,
    Optional<Format> format,
    Map<String, String> options,
    boolean tolerant,
    Drift drift,
    boolean replace,
    boolean keepMissing) {

  /** Keys of a CSV; the engine knows them by the same names. */
  private static final Set<String> CSV =
      Set.of(
          "delimiter",
          "header",
          "quote",
          "escape",
          "nullstr",
          "dateformat",
          "timestampformat",
          "decimal_separator",
          "skip",
          "encoding",
          "comment");

  private static final Set<String> ANY_TEXT = Set.of("dateformat", "timestampformat");

  private static final List<String> POLICIES =
      List.of("on_bad_row", "on_change", "on_missing_file");

  static final String ENDINGS = "csv,tsv,json,ndjson,jsonl,parquet";

  FileSettings {
    paths = List.copyOf(paths);
    options = Map.copyOf(options);
  }

  /** All keys. */
  static Set<String> keys() {
    Set<String> keys = new HashSet<>(CSV);
    keys.addAll(POLICIES);
    keys.addAll(Drift.KEYS);
    keys.addAll(List.of("path", "format"));
    return Set.copyOf(keys);
  }

  /** Reads the keys; what is wrong is noted there. */
  static FileSettings of(SourceTable table, Settings settings) {
    boolean append = table.mode().equals("append");
    Optional<Format> format = format(settings);
    Map<String, String> options = options(settings);
    if (format.isPresent() && format.get() != Format.CSV) {
      for (String key : CSV) {
        if (table.options().containsKey(key) && !ANY_TEXT.contains(key)) {
          settings.problem(
              key, "\"" + key + "\" is for CSV files, not for " + lower(format.get()), "remove it");
        }
      }
    }
    String change = settings.word("on_change", "fail", List.of("fail", "replace"));
    String missing =
        settings.word("on_missing_file", append ? "keep" : "drop", List.of("fail", "keep", "drop"));
    if (!append && table.options().containsKey("on_change")) {
      settings.problem(
          "on_change",
          "\"on_change\" means nothing in mode \"full\"",
          "remove it, or set mode: append");
    }
    if (append == missing.equals("drop") && table.options().containsKey("on_missing_file")) {
      settings.problem(
          "on_missing_file",
          "\"on_missing_file\" cannot be \"" + missing + "\" in mode \"" + table.mode() + "\"",
          append
              ? "in mode append the rows stay: write keep or fail"
              : "in mode full the rows go with the file: write drop or fail");
    }
    return new FileSettings(
        paths(table, settings),
        format,
        options,
        settings.word("on_bad_row", "fail", List.of("fail", "reject")).equals("reject"),
        Drift.of(settings),
        change.equals("replace"),
        !missing.equals("fail"));
  }

  private static List<String> paths(SourceTable table, Settings settings) {
    String base = baseOf(table, settings);
    List<String> paths = new ArrayList<>();
    for (String path : settings.texts("path", table.options().get("path"))) {
      if (path.isBlank()) {
        settings.problem(
            "path", "\"path\" is empty", "write the path of the files, such as data/*.csv");
      } else {
        String slashed = path.strip().replace('\\', '/');
        paths.add(isAbsolute(slashed) ? slashed : base + slashed);
      }
    }
    if (!table.options().containsKey("path")) {
      if (base.isEmpty()) {
        settings.problem(
            "the table \"" + table.name() + "\" has no \"path\"",
            "write the path of its files, such as data/*.csv");
      } else {
        paths.add(base + table.name().table() + ".{" + ENDINGS + "}{,.gz,.zst}");
      }
    }
    return paths;
  }

  /** The folder that the source says, with a slash after it; empty text for the project. */
  private static String baseOf(SourceTable table, Settings settings) {
    Object value = table.sourceOptions().get("path");
    List<String> texts = settings.texts("path", value);
    if (value instanceof List) {
      settings.problem(
          "path", "\"path\" of a source must be one folder", "give the tables paths instead");
    }
    String base = texts.isEmpty() ? "" : texts.getFirst().strip().replace('\\', '/');
    return base.isEmpty() || base.endsWith("/") ? base : base + "/";
  }

  private static boolean isAbsolute(String path) {
    return path.startsWith("/") || path.matches("[A-Za-z]:/.*");
  }

  private static Optional<Format> format(Settings settings) {
    if (settings.value("format").isEmpty()) {
      return Optional.empty();
    }
    String word =
        settings.word("format", "csv", List.of("csv", "tsv", "json", "ndjson", "jsonl", "parquet"));
    return Optional.of(formatOf(word));
  }

  /** The format of an ending or of the key {@code format}. */
  static Format formatOf(String word) {
    return switch (word) {
      case "json" -> Format.JSON;
      case "ndjson", "jsonl" -> Format.NDJSON;
      case "parquet" -> Format.PARQUET;
      default -> Format.CSV;
    };
  }

  static String lower(Format format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> options(Settings settings) {
    Map<String, String> options = new HashMap<>();
    for (String key : List.of("delimiter", "quote", "escape", "comment", "decimal_separator")) {
      settings.character(key).ifPresent(text -> options.put(key, text));
    }
    for (String key : List.of("nullstr", "dateformat", "timestampformat")) {
      settings.text(key).ifPresent(text -> options.put(key, text));
    }
    if (settings.text("format").filter("tsv"::equalsIgnoreCase).isPresent()) {
      options.putIfAbsent("delimiter", "\t");
    }
    if (settings.value("header").isPresent()) {
      options.put("header", Boolean.toString(settings.truth("header", true)));
    }
    settings
        .text("skip")
        .ifPresent(text -> {
          if (text.matches("\\d{1,9}")) {
            options.put("skip", text);
          } else {
            settings.problem(
                "skip",
                "\"skip\" must be a number of lines, not \"" + text + "\"",
                "such as skip: 2");
          }
        });
    encoding(settings).ifPresent(name -> options.put("encoding", name));
    return options;
  }

  private static Optional<String> encoding(Settings settings) {
    Optional<String> text = settings.text("encoding");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> name =
        switch (text.get().toLowerCase(Locale.ROOT).replace("_", "-")) {
          case "utf-8", "utf8" -> Optional.of("utf-8");
          case "utf-16", "utf16" -> Optional.of("utf-16");
          case "latin-1", "latin1", "iso-8859-1" -> Optional.of("latin-1");
          default -> Optional.empty();
        };
    if (name.isEmpty()) {
      settings.problem(
          "encoding",
          "\"encoding\" cannot be \"" + text.get() + "\"",
          "write utf-8, utf-16 or latin-1, or convert the files with iconv");
    }
    return name;
  }

  /** The character set of a CSV. */
  Charset charset() {
    return switch (options.getOrDefault("encoding", "utf-8")) {
      case "utf-16" -> StandardCharsets.UTF_16;
      case "latin-1" -> StandardCharsets.ISO_8859_1;
      default -> StandardCharsets.UTF_8;
    };
  }
}
