package dev.dualprocess.config;

import com.google.common.cache.CacheBuilder;
import java.util.Collections;
import java.util.Set;
import org.slf4j.Logger;

/** The warnings of one owner, each of them given once. Thread-safe. */
public final class Warnings {
  private static final int MOST = 1000; // lines that are remembered

  private final Logger log;
  private final Set<String> given =
      Collections.newSetFromMap(
          CacheBuilder.newBuilder().maximumSize(MOST).<String, Boolean>build().asMap());

  /** Goes to that log. */
  public Warnings(Logger log) {
    this.log = log;
  }

  /** Warns, unless the same line was given before. */
  public void once(String line) {
    if (given.add(line)) {
      log.warn("{}", line);
    }
  }
}
