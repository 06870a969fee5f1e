package dev.towpath.serve;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;

/** What can be read in a PDF as Chromium writes them, without its spaces. */
final class PdfText {
  private static final Pattern OBJECT =
      Pattern.compile("(\\d+) 0 obj\\s(.*?)endobj", Pattern.DOTALL);
  private static final Pattern STREAM =
      Pattern.compile("stream\\r?\\n(.*?)\\r?\\nendstream", Pattern.DOTALL);
  private static final Pattern TO_UNICODE = Pattern.compile("/ToUnicode (\\d+) 0 R");
  private static final Pattern CHARACTER = Pattern.compile("^<(\\p{XDigit}+)> <(\\p{XDigit}+)>$");
  private static final Pattern RANGE =
      Pattern.compile("^<(\\p{XDigit}+)> <(\\p{XDigit}+)> <(\\p{XDigit}+)>$");

  /** A font that is chosen, or glyphs that are drawn. */
  private static final Pattern DRAWN =
      Pattern.compile("/F(\\d+) [-\\d.]+ Tf|<(\\p{XDigit}+)>(?=[^\\[\\]()]*T[jJ])");

  private PdfText() {}

  static String of(byte[] pdf) throws IOException {
    Map<String, String> dictionaries = new HashMap<>();
    Map<String, String> streams = new TreeMap<>();
    Matcher objects = OBJECT.matcher(new String(pdf, StandardCharsets.ISO_8859_1));
    while (objects.find()) {
      dictionaries.put(objects.group(1), objects.group(2));
      Optional<String> stream = stream(objects.group(2));
      if (stream.isPresent()) {
        streams.put(objects.group(1), stream.get());
      }
    }
    Map<String, Map<String, String>> fonts = new HashMap<>();
    dictionaries.forEach((number, text) -> {
      Matcher unicode = TO_UNICODE.matcher(text);
      if (unicode.find()) {
        fonts.put(number, letters(streams.getOrDefault(unicode.group(1), "")));
      }
    });
    StringBuilder said = new StringBuilder();
    for (String content : streams.values()) {
      Map<String, String> font = Map.of();
      Matcher drawn = DRAWN.matcher(content);
      while (drawn.find()) {
        if (drawn.group(1) != null) {
          font = fonts.getOrDefault(drawn.group(1), Map.of());
        } else {
          said.append(decoded(drawn.group(2), font));
        }
      }
    }
    return said.toString().replaceAll("\\s", "");
  }

  private static Optional<String> stream(String object) throws IOException {
    Matcher stream = STREAM.matcher(object);
    if (!stream.find() || !object.contains("/FlateDecode") || object.contains("/Subtype /Image")) {
      return Optional.empty();
    }
    byte[] packed = stream.group(1).getBytes(StandardCharsets.ISO_8859_1);
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
    }
  }

  /** Letters by their glyphs. */
  private static Map<String, String> letters(String map) {
    Map<String, String> letters = new HashMap<>();
    map.lines()
        .forEach(line -> {
          Matcher range = RANGE.matcher(line);
          Matcher character = CHARACTER.matcher(line);
          if (range.matches()) {
            int first = Integer.parseInt(range.group(1), 16);
            int last = Integer.parseInt(range.group(2), 16);
            int letter = Integer.parseInt(range.group(3), 16);
            int digits = range.group(1).length();
            for (int glyph = first; glyph <= last; glyph++) {
              letters.put(
                  HexFormat.of().withUpperCase().toHexDigits(glyph, digits),
                  Character.toString(letter + glyph - first));
            }
          } else if (character.matches()) {
            byte[] text = HexFormat.of().parseHex(character.group(2));
            letters.put(character.group(1), new String(text, StandardCharsets.UTF_16BE));
          }
        });
    return letters;
  }

  private static String decoded(String glyphs, Map<String, String> font) {
    int digits = font.keySet().stream().mapToInt(String::length).findFirst().orElse(4);
    return Pattern.compile(".{" + digits + "}")
        .matcher(glyphs)
        .results()
        .map(MatchResult::group)
        .map(glyph -> font.getOrDefault(glyph, "?"))
        .reduce("", String::concat);
  }
}
