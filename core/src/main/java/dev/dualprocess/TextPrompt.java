package dev.dualprocess;

import java.util.List;

/** The prompt that {@link Prompt#of} makes. */
record TextPrompt(String text, List<Check> checks) implements Prompt {
  TextPrompt {
    if (text.isBlank()) {
      throw new IllegalArgumentException("the prompt is empty");
    }
    checks = List.copyOf(checks);
  }
}
