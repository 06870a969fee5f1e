package dev.towpath.importer.jinja;

import dev.towpath.core.yaml.SourceText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into text and tags. A tag that renders nothing and stands alone on its line takes
 * the line with it, so that what is rendered looks as if somebody had written it.
 */
final class Segments {
  private static final Pattern RAW_END = Pattern.compile("\\{%[-+]?\\s*endraw\\s*[-+]?%\\}");
  private static final Pattern SILENT = Pattern.compile("(?s)\\s*(config|do|log)\\s*\\(.*");

  private final SourceText source;
  private final String text;
  private final List<Segment> segments = new ArrayList<>();
  private int at;
  private boolean trimNext;

  private Segments(SourceText source) {
    this.source = source;
    this.text = source.text();
  }

  static List<Segment> of(SourceText source) {
    Segments segments = new Segments(source);
    segments.cut();
    return segments.segments;
  }

  private void cut() {
    while (at < text.length()) {
      int open = nextTag(at);
      if (open < 0) {
        addText(at, text.length());
        return;
      }
      tag(open);
    }
  }

  private int nextTag(int from) {
    for (int i = text.indexOf('{', from); i >= 0; i = text.indexOf('{', i + 1)) {
      if (i + 1 < text.length() && "{%#".indexOf(text.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void tag(int open) {
    char kind = text.charAt(open + 1);
    String closing = kind == '{' ? "}}" : kind + "}";
    int close = kind == '#' ? text.indexOf("#}", open + 2) : closing(open + 2, closing);
    if (close < 0) {
      throw new JinjaException(
          source.at(open), "this tag is never closed", "close it with " + closing);
    }
    int from = open + 2;
    int to = close;
    boolean comment = kind == '#';
    boolean trimBefore = from < to && text.charAt(from) == '-';
    boolean trimAfter = to > from && text.charAt(to - 1) == '-';
    boolean keepBefore = from < to && text.charAt(from) == '+';
    from += trimBefore || keepBefore ? 1 : 0;
    to -= (trimAfter || (to > from && text.charAt(to - 1) == '+')) && to > from ? 1 : 0;
    String inside = text.substring(from, to);
    int after = close + 2;
    boolean silent = kind != '{' || SILENT.matcher(inside).matches();
    int lineStart = lineStart(open);
    int lineEnd = lineEnd(after);
    boolean trims = !comment && (trimBefore || trimAfter);
    boolean alone = silent && !keepBefore && !trims && lineStart >= 0 && lineEnd >= 0;
    if (trimBefore) {
      int end = open;
      while (end > at && Character.isWhitespace(text.charAt(end - 1))) {
        end--;
      }
      addText(at, end);
    } else {
      addText(at, alone && !comment ? Math.max(at, lineStart) : open);
    }
    segments.add(
        new Segment(
            kind == '{'
                ? Segment.Kind.OUTPUT
                : kind == '%' ? Segment.Kind.STATEMENT : Segment.Kind.COMMENT,
            inside,
            from,
            alone,
            trimBefore ? Math.max(0, open - lineStart) : 0));
    trimNext = trimAfter;
    at = alone && !trimAfter ? lineEnd : after;
    if (kind == '%' && inside.strip().equals("raw")) {
      raw();
    }
  }

  private void raw() {
    segments.removeLast();
    Matcher end = RAW_END.matcher(text);
    if (!end.find(at)) {
      throw new JinjaException(source.at(at), "{% raw %} is never closed", "add {% endraw %}");
    }
    segments.add(new Segment(Segment.Kind.TEXT, text.substring(at, end.start()), at, false, 0));
    at = end.end();
    trimNext = false;
  }

  /** The end of a tag, not counting one inside quotes. */
  private int closing(int from, String closing) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'' || c == '"') {
        int end = i + 1;
        while (end < text.length() && text.charAt(end) != c) {
          end += text.charAt(end) == '\\' ? 2 : 1;
        }
        i = end;
      } else if (text.startsWith(closing, i)) {
        return i;
      }
    }
    return -1;
  }

  private void addText(int from, int to) {
    int start = from;
    if (trimNext) {
      while (start < to && Character.isWhitespace(text.charAt(start))) {
        start++;
      }
    }
    trimNext = false;
    if (start < to) {
      segments.add(new Segment(Segment.Kind.TEXT, text.substring(start, to), start, false, 0));
    }
  }

  /** Where the line of a tag starts when only space stands before it, else -1. */
  private int lineStart(int open) {
    int start = open;
    while (start > 0 && (text.charAt(start - 1) == ' ' || text.charAt(start - 1) == '\t')) {
      start--;
    }
    return start == 0 || text.charAt(start - 1) == '\n' ? start : -1;
  }

  /** Where the next line starts when only space stands behind a tag, else -1. */
  private int lineEnd(int after) {
    int end = after;
    while (end < text.length() && " \t\r".indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    return end == text.length() ? end : text.charAt(end) == '\n' ? end + 1 : -1;
  }
}
