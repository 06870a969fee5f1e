package dev.towpath.task.sensor;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import java.util.List;
import java.util.Set;

/** One thing that a sensor can look for, told by the key that names it. */
interface Eye {
  /** The key. */
  String key();

  /** Further keys that belong to it. */
  Set<String> more();

  /** What is wrong with its keys. */
  List<Problem> check(JobRunner.Job job);

  /** Looks once. */
  boolean sees(JobRunner.Job job, JobRunner.Context context);
}
