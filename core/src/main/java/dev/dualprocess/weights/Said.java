package dev.dualprocess.weights;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/** Warnings that are said once in a process, however often a file is opened. */
final class Said {
  private static final Set<String> LINES = ConcurrentHashMap.newKeySet();

  private Said() {}

  static void once(Logger log, String line) {
    if (LINES.add(line)) {
      log.warn(line);
    }
  }
}
