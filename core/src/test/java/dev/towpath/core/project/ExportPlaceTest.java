package dev.towpath.core.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.ExportTarget;
import dev.towpath.spi.Location;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A password that stands in a URL is not shown. */
class ExportPlaceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      textBlock =
          """
          out/t.csv out/t.csv
          postgres://u@h:5432/db postgres://u@h:5432/db
          postgres://u:s3cret@h:5432/db postgres://u:***@h:5432/db
          postgres://u:s3:cr@et@h:5432/db postgres://u:***@h:5432/db
          postgres://u:s3/cr?e#t@h:5432/db postgres://u:***@h:5432/db
          mysql://h:3306/db?user=a@b mysql://h:3306/db?user=a@b
          mysql://h/db?user=u&password=s3cret&x=1 mysql://h/db?user=u&password=***&x=1
          postgres://u:${PW}@h/db postgres://u:${PW}@h/db
          ${WAREHOUSE} ${WAREHOUSE}
          """)
  void isHidden(String to, String shown) {
    Export export =
        new Export(
            to,
            Optional.empty(),
            ExportTarget.Mode.REPLACE,
            List.of(),
            List.of(),
            Location.of("models/m/t.sql"));
    assertThat(export.place()).isEqualTo(shown);
    assertThat(export.id()).doesNotContain("s3");
  }
}
