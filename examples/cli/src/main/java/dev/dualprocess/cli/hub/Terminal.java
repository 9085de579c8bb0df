package dev.dualprocess.cli.hub;

import java.io.Console;
import java.util.Locale;

/** Somebody who can be asked. */
public interface Terminal {
  /** Nobody. */
  Terminal NONE = new Terminal() {};

  /** Whoever sits before this process. */
  static Terminal ofProcess() {
    Console console = System.console();
    return console == null ? NONE : new Person(console);
  }

  /** Whether there is anybody. */
  default boolean isThere() {
    return false;
  }

  /** Whether he says yes, and nothing else. */
  default boolean agrees(String question) {
    return false;
  }

  /**
   * A person at a terminal.
   *
   * @param console of the process
   */
  record Person(Console console) implements Terminal {
    @Override
    public boolean isThere() {
      return true;
    }

    @Override
    public boolean agrees(String question) {
      String answer = console.readLine("%s ", question);
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }
  }
}
