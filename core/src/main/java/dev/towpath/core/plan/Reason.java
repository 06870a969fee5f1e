package dev.towpath.core.plan;

import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.Intervals;
import dev.towpath.spi.TableName;

/** Why an asset is in a plan. {@link #text} says it to a person. */
public sealed interface Reason {

  /** In plain words, lower case, no full stop. */
  String text();

  /** It was never built here. */
  record New() implements Reason {
    @Override
    public String text() {
      return "not built yet";
    }
  }

  /** Its definition is not the one it was built from. */
  record DefinitionChanged() implements Reason {
    @Override
    public String text() {
      return "definition changed";
    }
  }

  /** A source or a seed has something new. */
  record SourceChanged(String what) implements Reason {
    @Override
    public String text() {
      return what;
    }
  }

  /**
   * Only reading the source can tell whether it has something new.
   *
   * @param why may be empty
   */
  record ToBeChecked(String why) implements Reason {
    @Override
    public String text() {
      return "to be checked: " + (why.isEmpty() ? "only reading tells whether it changed" : why);
    }
  }

  /** An input has another version than the one it was built from. */
  record InputChanged(TableName input) implements Reason {
    @Override
    public String text() {
      return input + " is newer";
    }
  }

  /** An input is in the plan too; whether it comes out different is not known yet. */
  record InputRebuilt(TableName input) implements Reason {
    @Override
    public String text() {
      return input + " is built again";
    }
  }

  /** Intervals are not built, or were built before they had ended. */
  record Missing(Intervals intervals) implements Reason {
    @Override
    public String text() {
      return "missing " + describe(intervals);
    }
  }

  /** It depends on the time of the run, which has moved on. */
  record TimePassed() implements Reason {
    @Override
    public String text() {
      return "depends on the time of the run";
    }
  }

  /** The command asks for it. */
  record Requested(String option) implements Reason {
    @Override
    public String text() {
      return "asked for by " + option;
    }
  }

  /** A number of rows in words. */
  static String rows(long rows) {
    return String.format(java.util.Locale.ROOT, rows == 1 ? "%,d row" : "%,d rows", rows);
  }

  /** A few ranges in words. */
  static String describe(Intervals intervals) {
    if (intervals.ranges().size() > 3) {
      Interval first = intervals.ranges().getFirst();
      Interval last = intervals.ranges().getLast();
      return intervals.ranges().size() + " ranges in " + new Interval(first.start(), last.end());
    }
    return intervals.ranges().stream()
        .map(Interval::toString)
        .collect(java.util.stream.Collectors.joining(", "));
  }
}
