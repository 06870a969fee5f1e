package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.towpath.cli.Towpath;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards on paper, where there are a console and a Chromium. */
@Tag("integration")
class DashboardPrintTest {
  @Test
  void aPageIsPrinted(@TempDir Path folder) throws Exception {
    Towpath project = Served.project(folder);
    project.write(
        "dashboards/page.md",
        """
        ---
        title: Page
        ---
        ```chart
        type: bar
        sql: SELECT id, part FROM marts.m
        x: id
        y: part
        ```

        ```chart
        type: map
        sql: SELECT 52.4 AS lat, 4.9 AS lon
        lat: lat
        lon: lon
        ```
        """);
    try (Served server = Served.start(folder)) {
      assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
      String export = "/api/v1/dashboards/page/export?format=";
      assumeTrue(server.send(server.request(export + "html")).statusCode() == 200);
      assumeTrue(
          Stream.of(System.getenv("PATH").split(":", -1))
              .anyMatch(part -> Files.isExecutable(Path.of(part, "chromium"))));
      HttpResponse<byte[]> pdf = server.bytes(server.request(export + "pdf"));
      assertThat(pdf.statusCode()).isEqualTo(200);
      assertThat(new String(pdf.body(), 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
      HttpResponse<byte[]> png = server.bytes(server.request(export + "png"));
      assertThat(png.statusCode()).isEqualTo(200);
      assertThat(new String(png.body(), 1, 3, StandardCharsets.US_ASCII)).isEqualTo("PNG");
    }
  }
}
