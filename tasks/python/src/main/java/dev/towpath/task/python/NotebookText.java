package dev.towpath.task.python;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The JSON of a notebook without secrets. They are looked for in its texts, not in their escaped
 * forms, and in texts that it keeps as lists of lines as a whole.
 */
final class NotebookText {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private final UnaryOperator<String> mask;

  NotebookText(UnaryOperator<String> mask) {
    this.mask = mask;
  }

  String masked(String notebook) {
    try {
      JsonNode whole = JSON.readTree(notebook);
      JsonNode masked = masked(whole);
      return mask.apply(
          masked.equals(whole)
              ? notebook
              : JSON.writer(printer()).writeValueAsString(masked) + "\n");
    } catch (JsonProcessingException e) {
      return mask.apply(notebook); // cut off, as text it may still be of use
    }
  }

  /** As Jupyter lays it out. */
  private static DefaultPrettyPrinter printer() {
    DefaultIndenter indenter = new DefaultIndenter(" ", "\n");
    return new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
        .withObjectIndenter(indenter)
        .withArrayIndenter(indenter);
  }

  private JsonNode masked(JsonNode node) {
    return switch (node) {
      case TextNode text -> TextNode.valueOf(mask.apply(text.textValue()));
      case ObjectNode object -> {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(e -> copy.set(mask.apply(e.getKey()), masked(e.getValue())));
        yield copy;
      }
      case ArrayNode array -> list(array);
      default -> node;
    };
  }

  private ArrayNode list(ArrayNode array) {
    ArrayNode copy = JsonNodeFactory.instance.arrayNode();
    array.forEach(item -> copy.add(masked(item)));
    List<String> lines = new ArrayList<>();
    copy.forEach(item -> lines.add(item.isTextual() ? item.textValue() : "\0"));
    String whole = String.join("", lines);
    String safe = mask.apply(whole);
    if (lines.contains("\0") || safe.equals(whole)) {
      return copy;
    }
    return JsonNodeFactory.instance.arrayNode().add(safe); // one that goes over several lines
  }
}
