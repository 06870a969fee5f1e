package dev.towpath.task.python;

import dev.towpath.task.process.Inherited;
import java.util.Map;
import java.util.Set;

/** The environment that Python is started in. */
public final class Surroundings {
  /**
   * Variables of Python that bring modules, options or startup code of this person's shell along,
   * which no other machine has.
   */
  private static final Set<String> PERSONAL =
      Set.of(
          "PYTHONPATH",
          "PYTHONHOME",
          "PYTHONSTARTUP",
          "PYTHONWARNINGS",
          "PYTHONOPTIMIZE",
          "PYTHONINSPECT",
          "PYTHONUSERBASE",
          "PYTHONEXECUTABLE",
          "PYTHONPLATLIBDIR");

  private Surroundings() {}

  /** Takes out what is this person's own, or a server's. */
  public static void clean(Map<String, String> environment) {
    environment.keySet().removeAll(PERSONAL);
    Inherited.clean(environment);
  }
}
