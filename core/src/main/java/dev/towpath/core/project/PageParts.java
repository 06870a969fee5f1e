package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.spi.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Document;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.SourceSpan;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.DefaultUrlSanitizer;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * The parts of a page in CommonMark: prose, made HTML with every tag in it escaped, and fenced
 * blocks at the margin.
 */
final class PageParts {
  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final int DEEPEST = 64;
  private static final Parser PARSER =
      Parser.builder()
          .extensions(EXTENSIONS)
          .includeSourceSpans(IncludeSourceSpans.BLOCKS)
          .maxOpenBlockParsers(DEEPEST)
          .build();
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder()
          .extensions(EXTENSIONS)
          .escapeHtml(true)
          .sanitizeUrls(true)
          .urlSanitizer(new DefaultUrlSanitizer(List.of("http", "https", "mailto")))
          .percentEncodeUrls(true)
          .build();

  /** Words that begin a block of a dashboard. */
  private static final Set<String> OURS = Set.of("sql", "chart", "table", "metric");

  private final SourceText source;
  private final int body;
  private final Problems problems;
  private final List<Integer> lines = new ArrayList<>();

  /**
   * A fenced block.
   *
   * @param info what stands behind the fence
   * @param text what is in it, as it stands in the file
   * @param start offset of its text in the file; {@code end} is behind its last character
   * @param at the fence
   */
  record Fence(String info, String text, int start, int end, Location at) {}

  /** Hears of the parts, in order. */
  interface Visitor {
    void prose(String html, Location at);

    /** Takes a block; false when it is to be shown as text. */
    boolean fence(Fence fence);
  }

  /**
   * Parts of a file.
   *
   * @param body offset at which the page begins
   */
  PageParts(SourceText source, int body, Problems problems) {
    this.source = source;
    this.body = body;
    this.problems = problems;
    String text = source.text();
    int at = body;
    lines.add(at);
    while (at < text.length()) {
      int end = DashboardReader.lineEnd(text, at);
      at = end + DashboardReader.lineBreak(text, end);
      lines.add(at);
    }
  }

  void each(Visitor visitor) {
    try {
      walk(visitor);
    } catch (StackOverflowError e) { // thousands of emphases in each other
      problems.error(source.at(body), "the text is nested too deeply", "write it in simpler words");
    }
  }

  private void walk(Visitor visitor) {
    Node page = PARSER.parse(source.text().substring(body));
    Document prose = new Document();
    Node next = page.getFirstChild();
    while (next != null) {
      Node node = next;
      next = node.getNext();
      boolean taken = node instanceof FencedCodeBlock block && visitFence(block, prose, visitor);
      if (!taken) {
        nested(node);
        prose.appendChild(node);
      }
    }
    flush(prose, visitor);
  }

  private boolean visitFence(FencedCodeBlock block, Document prose, Visitor visitor) {
    List<SourceSpan> spans = block.getSourceSpans();
    int first = spans.getFirst().getLineIndex();
    boolean closed = block.getClosingFenceLength() != null;
    int start = line(first + 1);
    int end = closed ? line(spans.getLast().getLineIndex()) : source.text().length();
    String info = block.getInfo() == null ? "" : block.getInfo();
    Location at = source.at(line(first));
    if (!isOurs(info)) {
      return visitor.fence(new Fence(info, "", start, end, at)); // it may be misspelt
    }
    if (block.getFenceIndent() > 0) {
      problems.error(at, "a block of a dashboard starts at the margin", "take the spaces out");
      return true;
    }
    if (!closed) {
      problems.error(at, "the block does not end", "write a line " + fence(block) + " behind it");
      return true;
    }
    flush(prose, visitor);
    return visitor.fence(new Fence(info, source.text().substring(start, end), start, end, at));
  }

  private static String fence(FencedCodeBlock block) {
    Integer length = block.getOpeningFenceLength();
    return block.getFenceCharacter().repeat(length == null ? 3 : length);
  }

  private static boolean isOurs(String info) {
    String[] words = info.strip().split("\\s+", -1);
    return OURS.contains(words[0].toLowerCase(Locale.ROOT)) || isFigure(words);
  }

  /** Whether a block of Python is a figure; another one is shown as text. */
  static boolean isFigure(String[] words) {
    return words.length > 1
        && words[0].equalsIgnoreCase("python")
        && words[1].equalsIgnoreCase("figure");
  }

  /** The offset in the file of a line of the page. */
  private int line(int index) {
    return lines.get(Math.min(index, lines.size() - 1));
  }

  /** Blocks in lists and quotes would be read as text by some and as blocks by others. */
  private void nested(Node node) {
    node.accept(
        new AbstractVisitor() {
          @Override
          public void visit(FencedCodeBlock block) {
            if (block.getInfo() != null && isOurs(block.getInfo())) {
              SourceSpan span = block.getSourceSpans().getFirst();
              Location line = source.at(line(span.getLineIndex()));
              problems.error(
                  new Location(line.file(), line.line(), span.getColumnIndex() + 1),
                  "a block of a dashboard stands in no list and no quote",
                  "move it to the margin");
            }
          }
        });
  }

  private void flush(Document prose, Visitor visitor) {
    Node first = prose.getFirstChild();
    if (first == null) {
      return;
    }
    Location at =
        first.getSourceSpans().isEmpty()
            ? source.at(body)
            : source.at(line(first.getSourceSpans().getFirst().getLineIndex()));
    visitor.prose(RENDERER.render(prose), at);
    while (prose.getFirstChild() != null) {
      prose.getFirstChild().unlink();
    }
  }
}
