package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import dev.towpath.fault.Program;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards on paper, where there are a console and a Chromium; and what is said without one. */
@Tag("integration")
class DashboardPrintTest {
  private static final String EXPORT = "/api/v1/dashboards/page/export?format=";
  private static final Path CHROMIUM =
      Path.of(System.getenv().getOrDefault("TOWPATH_CHROMIUM", "/usr/bin/chromium"));

  /** As a machine without a Chromium. */
  private static final List<String> NONE = List.of("--unset=TOWPATH_CHROMIUM", "PATH=/nowhere");

  @TempDir private Path folder;

  @BeforeEach
  void project() throws Exception {
    Towpath project = Served.project(folder);
    project.write(
        "dashboards/page.md",
        """
        ---
        title: Parts of all
        filters:
          region:
            type: varchar
            label: Where
            list: true
            default: [N, S]
            options: SELECT DISTINCT region AS value FROM marts.m WHERE region IS NOT NULL
        ---
        ```chart
        type: bar
        sql: SELECT id, part FROM marts.m WHERE list_contains($region, region)
        x: id
        y: part
        ```

        ```chart
        type: map
        sql: SELECT 52.4 AS lat, 4.9 AS lon
        lat: lat
        lon: lon
        ```

        ```table
        id: rows-of-it
        title: Rows of it
        sql: SELECT 'part ' || id || ' of ' || region AS said FROM marts.m WHERE list_contains($region, region)
        ```
        """);
    project.run("run").good();
  }

  private static void assumeConsole(Served server) throws Exception {
    assumeTrue(
        server.send(server.request(EXPORT + "html")).statusCode() == 200,
        "the console was not built: there is no npm");
  }

  @Test
  void aPageIsPrintedWithTheValuesOfItsFilters() throws Exception {
    assumeTrue(Files.isExecutable(CHROMIUM), "there is no Chromium at " + CHROMIUM);
    try (Served server = Served.start(folder, List.of("TOWPATH_CHROMIUM=" + CHROMIUM))) {
      assumeConsole(server);
      HttpResponse<byte[]> pdf = server.bytes(server.request(EXPORT + "pdf&region=S"));
      assertThat(pdf.statusCode()).isEqualTo(200);
      assertThat(pdf.headers().firstValue("Content-Disposition").orElse(""))
          .endsWith("page_region%3DS.pdf");
      assertThat(PdfText.of(pdf.body()))
          .contains("Partsofall", "Where:S", "Rowsofit", "part2ofS")
          .doesNotContain("ofN", "error", "failed");
      HttpResponse<byte[]> png = server.bytes(server.request(EXPORT + "png&region=S"));
      assertThat(png.statusCode()).isEqualTo(200);
      assertThat(ImageIO.read(new ByteArrayInputStream(png.body())).getWidth()).isEqualTo(1280);
      HttpResponse<byte[]> other = server.bytes(server.request(EXPORT + "png&region=N"));
      assertThat(other.body()).isNotEqualTo(png.body());

      assertThat(PdfText.of(written("pdf")))
          .contains("Partsofall", "Where:S", "Rowsofit", "part2ofS")
          .doesNotContain("ofN", "error", "failed");
      assertThat(ImageIO.read(new ByteArrayInputStream(written("png"))).getWidth()).isEqualTo(1280);
      assertThat(new String(written("html"), StandardCharsets.UTF_8))
          .contains("Parts of all", "part 2 of S")
          .doesNotContain("part 1 of N");
      assertThat(new String(written("csv", "--block", "rows-of-it"), StandardCharsets.UTF_8))
          .isEqualTo("said\npart 2 of S\n");
    }
  }

  /** What the command line writes of the page. */
  private byte[] written(String format, String... more) throws Exception {
    Path file = folder.resolve("written." + format);
    List<String> command = new ArrayList<>(List.of("export", "page", "--format", format));
    command.addAll(List.of("--filter", "region=S", "-o", file.toString()));
    command.addAll(List.of(more));
    new Towpath(folder).run(command.toArray(String[]::new)).good();
    return Files.readAllBytes(file);
  }

  @Test
  void withoutAChromiumItSaysWhatToInstall() throws Exception {
    try (Served server = Served.start(folder, NONE)) {
      assumeConsole(server);
      for (String format : List.of("pdf", "png")) {
        JsonNode problem = Served.problem(server.send(server.request(EXPORT + format)), 503);
        assertThat(problem.path("detail").asText())
            .isEqualTo("PDF and PNG need a Chromium, and there is none on this machine");
        assertThat(problem.path("hint").asText())
            .isEqualTo(
                "install chromium or google-chrome, or set TOWPATH_CHROMIUM; html, csv and xlsx"
                    + " need none");
      }
      assertThat(server.send(server.request(EXPORT + "csv")).statusCode()).isEqualTo(200);
    }
    assertThat(exported(NONE))
        .contains(
            "PDF and PNG need a Chromium, and there is none on this machine",
            "install chromium or google-chrome, or set TOWPATH_CHROMIUM");
    assertThat(exported(List.of("TOWPATH_CHROMIUM=/nowhere/chromium")))
        .contains("TOWPATH_CHROMIUM names no program: /nowhere/chromium");
  }

  /** What the command line says when it cannot print. */
  private String exported(List<String> environment) throws Exception {
    List<String> command = new ArrayList<>(List.of("env"));
    command.addAll(environment);
    command.addAll(Program.command());
    command.addAll(List.of("-C", folder.toString(), "export", "page", "--format", "pdf"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(1);
    assertThat(folder.resolve("page.pdf")).doesNotExist();
    return said;
  }
}
