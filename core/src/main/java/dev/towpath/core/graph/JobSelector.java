package dev.towpath.core.graph;

import dev.towpath.spi.Names;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The words of a choice that are about jobs: {@code job:report}, {@code job:load_*}. */
public final class JobSelector {
  private static final String PREFIX = "job:";

  private JobSelector() {}

  /** Whether a word is about jobs. */
  public static boolean isJob(String word) {
    return word.startsWith(PREFIX);
  }

  /** The words that are about tables. */
  public static List<String> tables(Collection<String> words) {
    return words.stream().filter(word -> !isJob(word)).toList();
  }

  /**
   * The names that the words about jobs choose.
   *
   * @throws TowpathException for a name that is not there, with the nearest as a hint
   */
  public static List<String> jobs(Collection<String> words, List<String> names) {
    Set<String> chosen = new LinkedHashSet<>();
    for (String word : words.stream().filter(JobSelector::isJob).toList()) {
      String pattern = word.substring(PREFIX.length());
      List<String> met = names.stream().filter(n -> Selector.fits(pattern, n)).toList();
      if (met.isEmpty() && !pattern.equals("*")) {
        throw new TowpathException(
            "unknown job \"" + pattern + "\"",
            Names.nearest(pattern, names)
                .map(n -> "did you mean \"" + n + "\"?")
                .orElse(
                    names.isEmpty() ? "this project has no jobs/ yet" : "jobs are files in jobs/"));
      }
      chosen.addAll(met);
    }
    return new ArrayList<>(chosen);
  }
}
