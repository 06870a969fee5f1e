package dev.towpath.task.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** What Java has no words for: a signal to a whole process group. */
public final class Signals {
  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;
  private static final MethodHandle KILL = find();

  private Signals() {}

  @SuppressWarnings("restricted") // the launcher allows native access
  private static MethodHandle find() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find("kill").orElseThrow(),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  /** Kills all processes of the group that a process leads; none is no error. */
  public static void killGroup(long leader) {
    send(leader, SIGKILL);
  }

  /** Asks all processes of a group to end. */
  public static void endGroup(long leader) {
    send(leader, SIGTERM);
  }

  private static void send(long leader, int signal) {
    try {
      int _ = (int) KILL.invokeExact(-Math.toIntExact(leader), signal);
    } catch (Throwable e) {
      throw new IllegalStateException("kill(2) cannot be called", e);
    }
  }

  /** What an exit code says of a process that a signal ended; empty text when none did. */
  public static String name(int exitCode) {
    return switch (exitCode - 128) {
      case 4 -> "SIGILL";
      case 6 -> "SIGABRT";
      case 7, 10 -> "SIGBUS";
      case 8 -> "SIGFPE";
      case SIGKILL -> "SIGKILL";
      case 11 -> "SIGSEGV";
      case SIGTERM -> "SIGTERM";
      default -> exitCode > 128 && exitCode < 193 ? "signal " + (exitCode - 128) : "";
    };
  }
}
