package dev.towpath.server.page;

import dev.towpath.server.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A dashboard as one HTML file that asks nobody for anything: look, code and data are in it. */
public final class Standalone {
  private static final String POLICY =
      "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline';"
          + " img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'";

  /** Traces that the smaller of Plotly's bundles draws. */
  private static final Set<String> CARTESIAN =
      Set.of(
          "bar",
          "box",
          "contour",
          "heatmap",
          "histogram",
          "histogram2d",
          "histogram2dcontour",
          "image",
          "pie",
          "scatter",
          "scatterternary",
          "violin");

  private Standalone() {}

  /** Whether a figure needs all of Plotly: maps and indicators do, and much that Python draws. */
  public static boolean needsAll(@Nullable Object figure) {
    return figure instanceof Map<?, ?> map
        && map.get("data") instanceof List<?> traces
        && !traces.stream().allMatch(Standalone::isCartesian);
  }

  private static boolean isCartesian(@Nullable Object trace) {
    return trace instanceof Map<?, ?> map
        && (map.get("type") == null || CARTESIAN.contains(String.valueOf(map.get("type"))));
  }

  /**
   * The file.
   *
   * @param data what the page shows, as JSON
   * @param assets files of the console by name; empty when it was built without
   * @param full whether all of Plotly is needed
   */
  public static String page(
      String title, String data, Function<String, Optional<byte[]>> assets, boolean full) {
    String script = text(assets, full ? "export-full.js" : "export.js");
    String style = text(assets, "export.css");
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="%s">
    <title>%s</title>
    <style>%s</style>
    </head>
    <body>
    <noscript>This page draws its charts with JavaScript.</noscript>
    <script type="application/json" id="dashboard">%s</script>
    <script>%s</script>
    <script>%s</script>
    </body>
    </html>
    """
        .formatted(
            POLICY,
            escaped(title),
            style.replace("</", "<\\/"),
            // nothing in the data may end the element or begin another
            data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"),
            script.replace("</script", "<\\/script").replace("<!--", "<\\!--"),
            HEIGHT);
  }

  /** Says how high the page is when it is drawn, for whoever takes a picture of it. */
  private static final String HEIGHT =
      "(function(){var e=document.documentElement,t=setInterval(function(){"
          + "e.dataset.height=e.scrollHeight;if(e.dataset.ready)clearInterval(t)},100)})()";

  private static String text(Function<String, Optional<byte[]>> assets, String name) {
    return assets
        .apply(name)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElseThrow(() ->
            Refusal.of(
                503,
                "this Towpath was built without its console, which draws pages",
                "build it where there is npm; csv, xlsx, parquet and ndjson need none"));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
