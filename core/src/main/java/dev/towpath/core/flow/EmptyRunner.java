package dev.towpath.core.flow;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import java.util.List;
import java.util.Set;

/** A job that does nothing: a point where others meet, or where a condition is looked at. */
public final class EmptyRunner implements JobRunner {
  static final String TYPE = "empty";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Set<String> keys() {
    return Set.of();
  }

  @Override
  public List<Problem> check(Job job) {
    return List.of();
  }

  @Override
  public void run(Job job, Context context) {
    // that is all there is to it
  }
}
