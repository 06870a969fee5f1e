package dev.towpath.task.http;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is picked out of a JSON answer: outputs by name, each at a JSON Pointer such as /id. */
public final class Picks {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final Map<String, String> pointers = new TreeMap<>();

  private Picks() {}

  /** Reads {@code outputs:}, which has been checked. */
  public static Picks of(Object outputs) {
    Picks picks = new Picks();
    if (outputs instanceof Map<?, ?> map) {
      map.forEach((name, at) -> picks.pointers.put(String.valueOf(name), String.valueOf(at)));
    }
    return picks;
  }

  /** What is wrong with {@code outputs:}. */
  public static List<Problem> check(Object outputs, Location at) {
    if (!(outputs instanceof Map<?, ?> map)) {
      return List.of(
          Problem.error(
              at, "\"outputs\" must be a map of names and places", "write outputs: {id: /id}"));
    }
    List<Problem> problems = new ArrayList<>();
    map.forEach((name, pointer) -> {
      String text = String.valueOf(pointer);
      if (!String.valueOf(name).matches("[A-Za-z_][A-Za-z0-9_]*")) {
        problems.add(
            Problem.error(
                at,
                "\"" + name + "\" cannot be the name of an output",
                "use letters, digits and _"));
      }
      if (!text.isEmpty() && !text.startsWith("/")) {
        String meant =
            text.startsWith("$")
                ? text.replaceFirst("^\\$\\.?", "/").replaceAll("[.\\[]", "/").replace("]", "")
                : "/" + text.replace('.', '/');
        problems.add(
            Problem.error(
                at,
                "output \"" + name + "\": \"" + text + "\" is no place in a JSON document",
                "write a JSON Pointer: " + meant));
      }
    });
    return problems;
  }

  /** Whether nothing is picked. */
  public boolean isEmpty() {
    return pointers.isEmpty();
  }

  /**
   * Hands on what is there.
   *
   * @throws TowpathException when the answer is no JSON, or has nothing at one of the places
   */
  public void from(Answer answer, JobRunner.Outputs outputs) {
    if (pointers.isEmpty()) {
      return;
    }
    JsonNode root = json(answer);
    Map<String, Object> found = new TreeMap<>();
    pointers.forEach((name, pointer) -> {
      JsonNode node = root.at(JsonPointer.compile(pointer));
      if (node.isMissingNode() || node.isNull()) {
        throw new TowpathException(
            "the answer has "
                + (node.isNull() ? "null" : "nothing")
                + " at "
                + pointer
                + ", which is the output \""
                + name
                + "\"",
            hint(root));
      }
      found.put(name, value(node));
    });
    found.forEach(outputs::put);
  }

  private static JsonNode json(Answer answer) {
    if (!answer.body().whole()) {
      throw new TowpathException(
          answer.request().shown() + " answered with more than a megabyte, too much for outputs",
          "ask for less");
    }
    try {
      JsonNode root = JSON.readTree(answer.text());
      if (root != null && !root.isMissingNode()) {
        return root;
      }
    } catch (JsonProcessingException e) {
      throw new TowpathException(
          answer.request().shown() + " answered with what is no JSON" + answer.said(),
          "outputs: are taken from JSON answers only",
          e);
    }
    throw new TowpathException(
        answer.request().shown() + " answered with nothing",
        "outputs: are taken from JSON answers");
  }

  private static String hint(JsonNode root) {
    List<String> names = new ArrayList<>();
    for (Iterator<String> all = root.fieldNames(); all.hasNext() && names.size() < 8; ) {
      names.add("/" + all.next());
    }
    return names.isEmpty()
        ? "the whole answer is in the log"
        : "there is " + String.join(", ", names);
  }

  private static Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case BOOLEAN -> node.booleanValue();
      case NUMBER ->
          node.canConvertToExactIntegral() && node.canConvertToLong()
              ? (Object) node.longValue()
              : node.decimalValue();
      case STRING -> node.textValue();
      default -> node.toString();
    };
  }
}
