package dev.towpath.core.yaml;

import dev.towpath.spi.Location;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** The parser's complaints in plain words, each with what usually causes it. */
final class Mistakes {
  private Mistakes() {}

  static void note(MarkedYamlEngineException e, Yaml yaml) {
    String problem = Optional.ofNullable(e.getProblem()).orElse("");
    String context = Optional.ofNullable(e.getContext()).orElse("");
    Location at = yaml.at(e.getProblemMark().or(e::getContextMark));
    Problems problems = yaml.problems();
    if (problem.equals(YamlGuard.TOO_DEEP)) {
      problems.error(at, "nested more than 64 levels deep");
    } else if (problem.contains("TAB")) {
      problems.error(at, "YAML allows no tab here", "use spaces");
    } else if (problem.startsWith("mapping values are not allowed")) {
      problems.error(
          at,
          "a text without quotes cannot hold \": \"",
          "put quotes around the whole text, or check the indentation");
    } else if (problem.contains("while scanning a quoted scalar")
        || (context.contains("quoted scalar") && problem.contains("end of stream"))) {
      problems.error(
          yaml.at(e.getContextMark().or(e::getProblemMark)),
          "the quote that opens here is never closed");
    } else if (problem.contains("',' or ']'") || problem.contains("',' or '}'")) {
      problems.error(
          at,
          "a \",\" or the closing bracket is missing before this",
          "inside [ ] and { } put quotes around a text that holds commas, brackets or quotes");
    } else if (problem.startsWith("expected <block end>")) {
      problems.error(
          at,
          "this does not fit the lines before it",
          "check the indentation, and put quotes around a whole text that starts with a quote or"
              + " bracket");
    } else if (problem.contains("could not find expected ':'")) {
      problems.error(at, "a \":\" is missing before this", "write key: value");
    } else if (context.contains("scanning a block scalar")) {
      problems.error(
          yaml.at(e.getContextMark().or(e::getProblemMark)),
          "a text without quotes cannot start with > or |, nor a text go on behind its quotes",
          "put quotes around the whole text");
    } else if (problem.startsWith("found undefined alias")
        || context.contains("scanning an alias")) {
      problems.error(at, "a text without quotes cannot start with *", "put quotes around it");
    } else if (problem.contains("cannot start any token")) {
      problems.error(
          at,
          "a text without quotes cannot start with this character",
          "put quotes around the whole text");
    } else if (problem.startsWith("expected the node content")) {
      problems.error(
          yaml.at(e.getContextMark().or(e::getProblemMark)),
          "the [ or { that opens here is not closed as it should be",
          "every [ needs a ], and every { a }");
    } else {
      String where = context.isEmpty() ? "" : context + ": ";
      problems.error(at, "broken YAML: " + (where + problem).replace('\n', ' '));
    }
  }
}
