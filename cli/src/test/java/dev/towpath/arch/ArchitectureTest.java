package dev.towpath.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the arrows between modules that ARCHITECTURE.md draws. */
class ArchitectureTest {
  private static final JavaClasses TOWPATH =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.towpath");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spi      | spi
          core     | core spi
          metadata | metadata core spi
          lake     | lake spi
          engine   | engine spi
          task     | task spi
          source   | source spi
          export   | export source spi
          importer | importer core spi
          server   | server core spi
          pgwire   | pgwire server core spi
          """)
  void modulesUseOnlyWhatTheyMay(String module, String allowed) {
    List<String> packages = List.of(allowed.split(" "));
    noClasses()
        .that()
        .resideInAPackage("dev.towpath." + module + "..")
        .should()
        .dependOnClassesThat(ofTowpathOutside(packages))
        .because(module + " may use " + packages)
        .allowEmptyShould(true)
        .check(TOWPATH);
  }

  @Test
  void contractsUseTheJdkOnly() {
    classes()
        .that()
        .resideInAPackage("dev.towpath.spi..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "dev.towpath.spi..", "org.jspecify..")
        .check(TOWPATH);
  }

  @ParameterizedTest
  @CsvSource({
    "org.duckdb.., dev.towpath.(engine.duckdb|pgwire.catalog)..",
    "org.apache.arrow.., dev.towpath.engine.duckdb..",
    "org.apache.iceberg.., dev.towpath.lake..",
    "io.trino.tpch.., dev.towpath.source..",
    "io.javalin.., dev.towpath.server..",
    "org.eclipse.jetty.., dev.towpath.server..",
    "org.bouncycastle.., dev.towpath.server..",
    "io.prometheus.., dev.towpath.server..",
    "picocli.., dev.towpath.cli..",
    "software.amazon.awssdk.., dev.towpath.task.objects.."
  })
  void librariesStayBehindOneModule(String library, String home) {
    noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(TOWPATH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.towpath.(*)..",
        "dev.towpath.core.(*)..",
        "dev.towpath.source.(*)..",
        "dev.towpath.task.(*)..",
        "dev.towpath.importer.(*)..",
        "dev.towpath.task.(*)..",
        "dev.towpath.pgwire.(*)..",
        "dev.towpath.cli.(*).."
      })
  void packagesHaveNoCycles(String slice) {
    slices().matching(slice).should().beFreeOfCycles().allowEmptyShould(true).check(TOWPATH);
  }

  @Test
  void onlyTheCommandLineTalksToTheTerminal() {
    JavaClasses others =
        TOWPATH.that(
            DescribedPredicate.describe(
                "are not of the command line", type -> !isIn(type, List.of("cli", "benchmarks"))));
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(others);
    NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(TOWPATH);
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> unmarked =
        TOWPATH.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(here -> !here.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .sorted()
            .toList();
    assertThat(unmarked).isEmpty();
  }

  @Test
  void theImportSeesEveryModule() {
    assertThat(TOWPATH.stream().map(JavaClass::getPackageName))
        .contains("dev.towpath.spi", "dev.towpath.cli");
  }

  private static DescribedPredicate<JavaClass> ofTowpathOutside(List<String> modules) {
    return DescribedPredicate.describe(
        "are Towpath's, outside of " + modules,
        type -> isIn(type, List.of("")) && !isIn(type, modules));
  }

  /** Whether a class lies in one of the modules; "" stands for all of Towpath. */
  private static boolean isIn(JavaClass type, List<String> modules) {
    String name = type.getPackageName() + ".";
    return modules.stream()
        .map(module -> module.isEmpty() ? "dev.towpath." : "dev.towpath." + module + ".")
        .anyMatch(name::startsWith);
  }
}
