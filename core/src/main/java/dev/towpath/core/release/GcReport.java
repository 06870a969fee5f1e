package dev.towpath.core.release;

import java.util.List;

/**
 * What collecting garbage removed, or would.
 *
 * @param files the removed files, sorted
 * @param bytes their size
 * @param releases number of releases forgotten
 * @param states number of table states forgotten
 */
public record GcReport(List<String> files, long bytes, int releases, int states) {
  public GcReport {
    files = List.copyOf(files);
  }
}
