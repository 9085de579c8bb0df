package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  @Test
  void saysWhatFitsHere() {
    Cli.Outcome outcome = Cli.run("doctor");
    assertEquals(0, outcome.exitCode(), outcome.err());
    String advice = outcome.out().substring(outcome.out().indexOf("What fits here"));
    assertTrue(advice.contains("  cpu, "), advice);
    assertTrue(advice.contains("  --device cpu "), advice);
  }

  @Test
  void saysItToProgramsToo() {
    Cli.Outcome outcome = Cli.run("doctor", "--json");
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(outcome.out().contains("\"fits\""), outcome.out());
    assertTrue(outcome.out().contains("\"freeBytes\""), outcome.out());
  }
}
